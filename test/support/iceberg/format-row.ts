import type { Column, Row, Value } from '../../../src/lake/columns/table-definition';
import type { Dataset } from '../../../src/lake/datasets/dataset';

const DAY_MS = 86_400_000;

/** A row in the form in which the Python readers give it. */
export function formatRow({ columns }: Dataset, row: Row): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column.name, format(column, row[column.name] ?? null)]));
}

function format({ type }: Column, value: Value): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'date':
      return new Date((value as number) * DAY_MS).toISOString().slice(0, 10);
    case 'timestamptz':
      return new Date(value as number).toISOString().replace('T', ' ').replace('Z', '000+00:00');
    case 'decimal':
      return formatUnscaled(BigInt(value as number | bigint), type.scale);
    default:
      return value;
  }
}

/** An unscaled whole number as a decimal, such as 12.3400. */
export function formatUnscaled(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
