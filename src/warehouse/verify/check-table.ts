import { dimCustomer, guestRow } from '../model/customer.dimension';
import type { Dialect } from '../model/dialect';
import type { DerivedTable } from '../model/table';
import type { WarehouseSession } from '../session';

/** How a derived table differs from what it is derived of. A changed row is both missing and surplus. */
export interface TableCheck {
  table: string;
  rows: number;
  /** rows that the table lacks */
  missing: number;
  /** rows that the table should not have */
  surplus: number;
  /** `position` for a fact, the key for a dimension */
  column: string;
  /** the lowest value of `column` among missing and surplus rows; null when there are none */
  first: string | null;
}

/**
 * Compares a dimension or fact table with what the staging tables make of it, in one statement that changes
 * nothing. It finds what no sum of amounts shows, such as a line with the wrong version of a customer, or a
 * cancellation that is not marked.
 */
export async function checkTable(
  session: Pick<WarehouseSession, 'dialect' | 'query'>,
  table: DerivedTable,
): Promise<TableCheck> {
  const column = table.columns.some(({ name }) => name === 'position')
    ? 'position'
    : (table.key[0] as string);
  const [row] = await session.query(checkStatement(session.dialect, table, column));
  return {
    table: table.name,
    rows: Number(row?.row_count ?? 0),
    missing: Number(row?.missing_count ?? 0),
    surplus: Number(row?.surplus_count ?? 0),
    column,
    first: row?.first_id ?? null,
  };
}

/**
 * Selects from the staging tables in place of the tables of a load: so every id is affected, and every row is
 * made.
 */
function checkStatement(dialect: Dialect, table: DerivedTable, column: string): string {
  const { name, columns, affected } = table;
  const whole = columns.map((one) => `CAST(q.${one.name} AS ${dialect.type(one.type)})`).join(', ');
  const rowsOf = (source: string, sign: 1 | -1) =>
    `SELECT q.${column} AS id, HASH(${whole}) AS row_hash, ${sign} AS sign FROM ${source} q`;
  const sides = [rowsOf(name, 1), rowsOf(`(${table.rows(dialect)})`, -1)];
  if (table === dimCustomer) sides.push(rowsOf(`(${guestRow(dialect)})`, -1));
  const brought = affected.datasets.map(
    (one) => `${dialect.scratch(`load_${one}`)} AS (SELECT * FROM stg_${one})`,
  );
  const count = (what: string) => `CAST(COALESCE(SUM(${what}), 0) AS VARCHAR)`;
  return `
WITH ${brought.join(', ')}, ${dialect.scratch(affected.name)} AS (${affected.sql(dialect)})
SELECT ${count('present')} AS row_count, ${count('CASE WHEN balance < 0 THEN -balance ELSE 0 END')} AS missing_count,
       ${count('CASE WHEN balance > 0 THEN balance ELSE 0 END')} AS surplus_count,
       MIN(CASE WHEN balance <> 0 THEN id END) AS first_id
  FROM (SELECT MIN(id) AS id, SUM(sign) AS balance, SUM(CASE WHEN sign > 0 THEN 1 ELSE 0 END) AS present
          FROM (${sides.join('\n UNION ALL\n')}) u
         GROUP BY row_hash) h`;
}
