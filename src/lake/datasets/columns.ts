import {
  AMOUNT_PRECISION,
  EXCHANGE_RATE_DECIMALS,
  EXCHANGE_RATE_PRECISION,
  UNIT_PRICE_DECIMALS,
} from '../../domain/money';
import type { ColumnType } from '../columns/table-definition';
import type { DatasetColumn } from './dataset';
import type { Expression } from './sql/expression';

/** The type of amounts, of every currency, and of unit prices. */
export const AMOUNT = {
  kind: 'decimal',
  precision: AMOUNT_PRECISION,
  scale: UNIT_PRICE_DECIMALS,
} as const satisfies ColumnType;
export const RATE = {
  kind: 'decimal',
  precision: EXCHANGE_RATE_PRECISION,
  scale: EXCHANGE_RATE_DECIMALS,
} as const satisfies ColumnType;

const of =
  <Type extends ColumnType>(type: Type) =>
  <Name extends string>(
    id: number,
    name: Name,
    value: Expression,
    doc: string,
  ): DatasetColumn<Name, Type, false> => ({ id, name, type, nullable: false, doc, value });

export const string = of({ kind: 'string' });
export const int = of({ kind: 'int' });
export const date = of({ kind: 'date' });
export const timestamp = of({ kind: 'timestamptz' });
export const amount = of(AMOUNT);
export const rate = of(RATE);

/** A list of strings; the element's field id is the column's + 1,000. */
export const list = <Name extends string>(id: number, name: Name, value: Expression, doc: string) =>
  of({ kind: 'list', elementId: id + 1_000 })(id, name, value, doc);

export const nullable = <Name extends string, Type extends ColumnType>(
  column: DatasetColumn<Name, Type>,
): DatasetColumn<Name, Type, true> => ({ ...column, nullable: true });
