import {
  AMOUNT_PRECISION,
  EXCHANGE_RATE_DECIMALS,
  EXCHANGE_RATE_PRECISION,
  UNIT_PRICE_DECIMALS,
} from '../../domain/money';
import type { Column, ColumnType } from './dataset';

/** Amounts of every currency, and unit prices. */
export const AMOUNT: ColumnType = {
  kind: 'decimal',
  precision: AMOUNT_PRECISION,
  scale: UNIT_PRICE_DECIMALS,
};
export const RATE: ColumnType = {
  kind: 'decimal',
  precision: EXCHANGE_RATE_PRECISION,
  scale: EXCHANGE_RATE_DECIMALS,
};

type Make = (id: number, name: string, doc: string) => Column;

const of =
  (type: ColumnType): Make =>
  (id, name, doc) => ({ id, name, type, nullable: false, doc });

export const string = of({ kind: 'string' });
export const int = of({ kind: 'int' });
export const date = of({ kind: 'date' });
export const timestamp = of({ kind: 'timestamptz' });
export const amount = of(AMOUNT);
export const rate = of(RATE);

/** A list of strings; the element's field id is the column's + 1,000. */
export const list: Make = (id, name, doc) => of({ kind: 'list', elementId: id + 1_000 })(id, name, doc);

export const nullable = (column: Column): Column => ({ ...column, nullable: true });
