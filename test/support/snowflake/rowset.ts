import {
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';

export interface RowType {
  name: string;
  type: string;
  scale: number | null;
  precision: number | null;
  nullable: boolean;
  length: number | null;
}

export interface Rowset {
  rowtype: RowType[];
  rowset: (string | null)[][];
}

export const column = (name: string, type: string, scale: number | null = null): RowType => ({
  name: name.toUpperCase(),
  type,
  scale,
  precision: type === 'fixed' ? 38 : null,
  nullable: true,
  length: null,
});

/** A result of one row with a status text. */
export const status = (text: string): Rowset => ({ rowtype: [column('status', 'text')], rowset: [[text]] });

/** Describes a column of DuckDB to the driver. */
export function columnOf(name: string, type: DuckDBType): RowType {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return column(name, 'fixed', (type as { scale: number } & DuckDBType).scale);
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UBIGINT:
      return column(name, 'fixed', 0);
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.FLOAT:
      return column(name, 'real');
    case DuckDBTypeId.BOOLEAN:
      return column(name, 'boolean');
    case DuckDBTypeId.DATE:
      return column(name, 'date');
    case DuckDBTypeId.TIMESTAMP:
      return column(name, 'timestamp_ntz', 6);
    case DuckDBTypeId.LIST:
      return column(name, 'array');
    default:
      return column(name, 'text');
  }
}

/** A value as text in a JSON rowset: days, seconds or digits. */
export function textOf(value: DuckDBValue): string | null {
  if (value === null) return null;
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimestampValue) return seconds(value.micros);
  if (value instanceof DuckDBListValue) return JSON.stringify(value.items);
  return String(value);
}

function seconds(micros: bigint): string {
  const whole = micros / 1_000_000n;
  const rest = micros % 1_000_000n;
  const sign = micros < 0n && whole === 0n ? '-' : '';
  return `${sign}${whole}.${String(rest < 0n ? -rest : rest).padStart(6, '0')}`;
}
