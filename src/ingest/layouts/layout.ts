import type { Field } from '../columns/fields';

/**
 * A later step of an order's life, in the order in which they may follow each other. `return` takes all of it
 * back; `return_some` what the file tells of, which may be all of it.
 */
export const steps = ['pay', 'ship', 'deliver', 'return', 'return_some', 'cancel'] as const;
export type Step = (typeof steps)[number];

/** What the text in a status column means for its order. */
export interface Meaning {
  /** what is done after the order is placed */
  does: readonly Step[];
  /** why the order is not imported; where it is there from an earlier import, `does` is done to it */
  leftOut?: string;
}

/** A column that tells how far an order is. */
export interface StatusRule {
  column: string;
  /** text, in lower case -> meaning; texts that begin alike are not looked for */
  values: ReadonlyMap<string, Meaning>;
  /** what any text means that is not in `values`; without it, such an order is refused */
  filled?: Meaning;
  /** what it means that no row of the order has a text there; nothing where it is absent */
  blank?: Meaning;
}

/** A test of one cell. */
export type CellTest =
  | { is: 'blank' | 'filled' | 'negative' }
  /** texts in lower case, one of which the cell has to be */
  | { oneOf: readonly string[] }
  | { matches: RegExp };

/**
 * What a row is, other than a line of an order:
 * - `order`: has fields of the order only
 * - `discount`: its amount is taken off the order
 * - `refund`: takes units of its order back, at its own time
 */
export const rowKinds = ['order', 'discount', 'refund'] as const;
export type RowKind = 'line' | (typeof rowKinds)[number];

export interface RowRule {
  /** header, or field -> test; all of them hold */
  when: ReadonlyMap<string, CellTest>;
  /** `skip`: the row is no part of any order; `refuse`: its order is not imported. Both with the reason */
  role: { as: (typeof rowKinds)[number] } | { skip: string } | { refuse: string };
}

/** How the files of one kind are read. A list of headers falls back from left to right. */
export interface Layout {
  /** as in `--layout NAME` */
  name: string;
  /** what writes such files */
  title: string;
  /** what its users should know, a sentence each */
  notes: readonly string[];
  /** A file with all of these is of this kind. Of a list within it, one is enough. */
  headers: readonly (readonly string[])[];
  /** headers that tell another kind: a file with one of them is not of this one */
  without: readonly string[];
  /** undefined: each field has a column of its own name */
  columns: Readonly<Partial<Record<Field, readonly string[]>>> | undefined;
  /** field -> text where no row of the order has one */
  defaults: Readonly<Partial<Record<Field, string>>>;
  /** as in `--date-format`, the first that fits every row */
  dateFormats: readonly string[];
  /** as in `--time-zone` */
  timeZone: string | undefined;
  /** as in `--decimal` */
  decimal: 'point' | 'comma' | undefined;
  /** one character */
  delimiter: string | undefined;
  /** as in `--credit-note-prefix` */
  creditNotePrefix: string | undefined;
  /** as in `--prices-include-tax` */
  pricesIncludeTax: boolean | undefined;
  /** as in `--zero-price-returns` */
  zeroPriceReturns: boolean | undefined;
  /** as in `--same-order-days` */
  sameOrderDays: number | undefined;
  /** as in `--null` */
  nulls: readonly string[] | undefined;
  /** what the signs in the column of the currency mean, which may be one of amounts: sign -> ISO 4217 */
  currencySigns: ReadonlyMap<string, string> | undefined;
  /** the first rule that holds decides what a row is */
  rows: readonly RowRule[];
  statuses: readonly StatusRule[];
}
