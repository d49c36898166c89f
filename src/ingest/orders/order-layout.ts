import type { KnownColumns } from '../columns/columns';

/** What a layout says of a file, beside how its texts are written. An option of the command wins over it. */
export interface OrderLayout extends KnownColumns {
  name: string;
  creditNotePrefix?: string;
  /** a row with a price below zero is a discount of its order */
  negativeLinesAreDiscounts?: boolean;
  pricesIncludeTax?: boolean;
  zeroPriceReturns?: boolean;
  sameOrderDays?: number;
  nulls?: readonly string[];
  /** how such files write times and numbers, where their rows do not say otherwise */
  usualDateFormats?: readonly string[];
  usualDecimal?: 'point' | 'comma';
}
