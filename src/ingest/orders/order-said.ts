import type { Columns } from '../columns/columns';
import { type Field, numberFields, orderFields } from '../columns/fields';
import type { NullTexts } from './null-texts';
import type { Readings } from './readings';
import { type Reason, RowValues } from './row-values';

/** An order of which nothing is said. */
export const NOTHING_SAID = {
  customer_id: '',
  country: '',
  region: '',
  currency: '',
  status: '',
  shipping: '',
  shipping_discount: '',
  tax: '',
  shipping_tax: '',
  order_discount: '',
  order_total: '',
  refunded: '',
  exchange_rate: '',
} satisfies Partial<Record<Field, string>>;

/**
 * The fields of an order but its times. Decimals have no exponent and no trailing zeros; '' is none, and a
 * guest.
 */
export type OrderSaid = Readonly<Record<keyof typeof NOTHING_SAID, string>>;

export const SAID_FIELDS = Object.keys(NOTHING_SAID) as (keyof OrderSaid)[];
const AMOUNTS: ReadonlySet<Field> = new Set(numberFields.filter((field) => orderFields.includes(field)));

/** The code of a currency by the text of its column. */
type CurrencyReader = (text: string) => string;

/** Codes of currencies are written in capitals: `usd` can mean nothing else. */
export const inCapitals: CurrencyReader = (text) => text.toUpperCase();

interface Said {
  said: OrderSaid;
  reason: Reason | undefined;
}

/**
 * Reads what rows say of their orders, without defaults. Neighbours mostly say the same: they share one
 * object, which saves memory and time.
 */
export function orderSaidReader(
  columns: Columns,
  readings: Readings,
  nullTexts: NullTexts,
  currencyOf: CurrencyReader = inCapitals,
): (cells: readonly string[]) => Said {
  const present = SAID_FIELDS.filter((field) => columns.indexes(field).length > 0);
  const indexes = [...new Set(present.flatMap((field) => columns.indexes(field)))];
  let last: (Said & { cells: readonly string[]; version: number; suspicious: string[] }) | undefined;
  return (cells) => {
    const known = last;
    const version = readings.version();
    if (known?.version !== version || !saysTheSame(cells, known.cells, indexes)) {
      const said = readSaid(
        present,
        (field) => columns.cell(cells, field),
        readings,
        () => columns.read(cells, 'currency'),
        currencyOf,
      );
      const suspicious = present.map((field) => columns.cell(cells, field));
      last = {
        ...said,
        cells,
        version,
        suspicious: suspicious.filter((text) => nullTexts.isSuspicious(text)),
      };
    }
    nullTexts.note(...(last?.suspicious ?? []));
    return last as Said;
  };
}

function saysTheSame(
  cells: readonly string[],
  others: readonly string[],
  indexes: readonly number[],
): boolean {
  for (const index of indexes) if (cells[index] !== others[index]) return false;
  return true;
}

/** What is said of every order that does not say otherwise. */
export function defaultsSaid(columns: Columns, readings: Readings): Said {
  const present = SAID_FIELDS.filter((field) => columns.defaultOf(field) !== '');
  return readSaid(present, columns.defaultOf, readings, () => columns.defaultOf('currency'), inCapitals);
}

function readSaid(
  present: readonly (keyof OrderSaid)[],
  text: (field: Field) => string,
  readings: Readings,
  currency: () => string,
  currencyOf: CurrencyReader,
): Said {
  const values = new RowValues(text, readings, () => currencyOf(currency()));
  const said = { ...NOTHING_SAID };
  for (const field of present) said[field] = read(values, field, currencyOf);
  return { said, reason: values.reason };
}

function read(values: RowValues, field: keyof OrderSaid, currencyOf: CurrencyReader): string {
  if (AMOUNTS.has(field)) return values.decimal(field);
  if (field === 'customer_id') return values.optionalId(field);
  if (field === 'currency') return currencyOf(values.text(field));
  return values.optionalName(field);
}
