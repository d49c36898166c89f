import { UNIT_PRICE_DECIMALS } from '../../domain/money';
import { AMOUNT, RATE } from '../../lake/datasets/columns';
import type { WarehouseType } from './dialect';
import type { WarehouseColumn } from './table';

type Make = (name: string, doc: string) => WarehouseColumn;

const of =
  (type: WarehouseType): Make =>
  (name, doc) => ({ name, type, nullable: false, doc });

export const text = of({ kind: 'string' });
export const int = of({ kind: 'int' });
export const long = of({ kind: 'long' });
export const flag = of({ kind: 'boolean' });
export const date = of({ kind: 'date' });
export const timestamp = of({ kind: 'timestamptz' });
/** An amount, as the lake has it. */
export const amount = of(AMOUNT);
/** A sum of any number of amounts. */
export const sum = of({ kind: 'decimal', precision: 38, scale: UNIT_PRICE_DECIMALS });
export const rate = of(RATE);
export const double = of({ kind: 'double' });

export const nullable = (column: WarehouseColumn): WarehouseColumn => ({ ...column, nullable: true });
