import type { Dialect } from '../model/dialect';
import type { WarehouseTable } from '../model/table';
import type { Statement } from './statement';

export type LiteralRow = Readonly<Record<string, string | number | boolean | null>>;

/** Snowflake takes at most 16,384 rows and a megabyte in one statement. */
export const ROWS_AT_ONCE = 1_000;

/** Inserts rows as literals, for the few that do not come from files. Dates and times are text. */
export function insertRows(
  dialect: Dialect,
  { name, columns }: WarehouseTable,
  rows: readonly LiteralRow[],
): Statement[] {
  const names = columns.map((column) => column.name);
  const casts = columns.map((column) => `CAST(${column.name} AS ${dialect.type(column.type)})`);
  const statements: Statement[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const values = rows
      .slice(start, start + ROWS_AT_ONCE)
      .map((row) => `(${names.map((column) => dialect.literal(row[column] ?? null)).join(', ')})`);
    const sql = `
INSERT INTO ${name} (${names.join(', ')})
SELECT ${casts.join(', ')} FROM (VALUES
${values.join(',\n')}) AS v (${names.join(', ')})`;
    statements.push({ kind: 'insert', object: name, label: `fill ${name}`, sql });
  }
  return statements;
}
