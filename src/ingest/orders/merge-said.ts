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
 */
export function mergeSaid(
  rows: readonly (OrderSaid | undefined)[],
  numbers: readonly number[],
  defaults: OrderSaid,
): Merged {
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

function withDefaults(said: OrderSaid, defaults: OrderSaid): OrderSaid {
  if (defaults === NOTHING_SAID) return said;
  const whole = { ...said };
  for (const field of SAID_FIELDS) whole[field] ||= defaults[field];
  return whole;
}
