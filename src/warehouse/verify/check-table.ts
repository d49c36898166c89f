import { dimCustomer, guestRow } from '../model/customer.dimension';
import type { Dialect } from '../model/dialect';
import type { DerivedTable } from '../model/table';
import type { WarehouseSession } from '../session';

/**
 * What is wrong with a table that follows from something else. A row that has changed is both missing and
 * surplus.
 */
export interface TableCheck {
  table: string;
  rows: number;
  /** rows that it should have and does not */
  missing: number;
  /** rows that it has and should not */
  surplus: number;
  /** `position` of a fact; of a dimension its key */
  column: string;
  /** the lowest of `column` among the rows that are missing or surplus; null: there are none */
  first: string | null;
}

/**
 * Holds a dimension or fact table against what the staging tables make of it, in one statement that changes
 * nothing. So a line that joins the wrong version of a customer, or is not marked as cancelled, is found
 * whatever its amounts.
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

/** The staging tables stand for what a load has brought: then every id has changed, and every row is made. */
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
