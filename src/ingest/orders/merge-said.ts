import { NOTHING_SAID, type OrderSaid, SAID_FIELDS } from './order-said';
import type { Reason } from './row-values';

/** What the rows of a document say of it together. */
export interface Merged {
  said: OrderSaid;
  /** the first row that says something else than a row before it */
  conflict: { of: number; reason: Reason } | undefined;
}

/**
 * An order has each of its fields once. The first row that says it counts; blanks inherit it, and a default
 * stands where no row says it. Two rows that say different things leave it open which of them is true.
 * @param rows what each row says, refused rows included; undefined where its cells cannot be told apart
 * @param numbers the rows' numbers in the file
 * @param isOfOrder which rows have no line: what they say of the order, no line's row contradicts
 */
export function mergeSaid(
  rows: readonly (OrderSaid | undefined)[],
  numbers: readonly number[],
  defaults: OrderSaid,
  isOfOrder: readonly boolean[] = [],
): Merged {
  if (isOfOrder.includes(true) && isOfOrder.includes(false)) {
    const ofOrder = mergeSaid(
      rows.map((said, i) => (isOfOrder[i] ? said : undefined)),
      numbers,
      NOTHING_SAID,
    );
    const lines = rows.map((said, i) => (said && !isOfOrder[i] ? without(said, ofOrder.said) : undefined));
    const merged = mergeSaid(lines, numbers, NOTHING_SAID);
    const said = withDefaults(withDefaults(ofOrder.said, merged.said), defaults);
    return { said, conflict: ofOrder.conflict ?? merged.conflict };
  }
  const first = rows.find((said) => said !== undefined) ?? NOTHING_SAID;
  let conflict: Merged['conflict'];
  // Neighbours that say the same share one object.
  if (rows.every((said) => said === first || said === undefined))
    return { said: withDefaults(first, defaults), conflict };
  const said = { ...NOTHING_SAID };
  const saidBy: Partial<Record<keyof OrderSaid, number>> = {};
  let before: OrderSaid | undefined;
  for (const [of, row] of rows.entries()) {
    if (row === undefined || row === before) continue;
    before = row;
    for (const field of SAID_FIELDS) {
      const text = row[field];
      if (text === '' || text === said[field]) continue;
      if (said[field] === '') {
        said[field] = text;
        saidBy[field] = numbers[of];
      } else if (isSaidByOneRow(rows, field, [text, said[field]])) {
        if (text !== '0') said[field] = text;
      } else
        conflict ??= {
          of,
          reason: {
            label: `${field} differs within the order`,
            detail: `${JSON.stringify(text)}, but ${JSON.stringify(said[field])} in row ${saidBy[field]}`,
          },
        };
    }
  }
  return { said: withDefaults(said, defaults), conflict };
}

const CHARGES: ReadonlySet<keyof OrderSaid> = new Set([
  'shipping',
  'shipping_discount',
  'tax',
  'shipping_tax',
  'order_discount',
] as const);

/**
 * Whether one row of the order has a charge, and the others have 0. Then it is that of the order, whether the
 * column says it once or of each row.
 */
function isSaidByOneRow(
  rows: readonly (OrderSaid | undefined)[],
  field: keyof OrderSaid,
  texts: readonly string[],
): boolean {
  const charge = texts.find((text) => text !== '0');
  return (
    CHARGES.has(field) && texts.includes('0') && rows.filter((row) => row?.[field] === charge).length === 1
  );
}

/** What a row says that another one does not. */
function without(said: OrderSaid, other: OrderSaid): OrderSaid {
  const rest = { ...said };
  for (const field of SAID_FIELDS) if (other[field] !== '') rest[field] = '';
  return rest;
}

function withDefaults(said: OrderSaid, defaults: OrderSaid): OrderSaid {
  if (defaults === NOTHING_SAID) return said;
  const whole = { ...said };
  for (const field of SAID_FIELDS) whole[field] ||= defaults[field];
  return whole;
}
