import type { DuckDBConnection } from '@duckdb/node-api';
import { DAYS_TABLE, SLOT_OF } from './days';
import { DUCKDB_MACROS, duckdbDialect as d } from './duckdb-dialect';
import { oddTable, parsedOf, parsedTables } from './parsed';
import { eventProblems, misfits, type Problem, rowProblems, suspicious } from './reasons';
import { isOfTypes, readsJson, type SqlDataset, selectRows, withSteps } from './table';

/**
 * A window of the log in DuckDB, made into the rows of datasets. All statements run on one connection.
 *
 * The JSON of an event is parsed once, for all datasets. What does not fit is found in two steps, because
 * nearly everything fits: `suspects` come from quick conditions on what was parsed, and only of those the
 * reasons are worked out, exactly and slowly, into `refused`.
 */

/** An event that a dataset refuses. */
export interface RefusedRow {
  dataset: string;
  position: string;
  reason: string;
}

/** Compares by the order of the log, then of some datasets: so refusals are recorded. */
export function inOrderOf(
  datasets: readonly Pick<SqlDataset, 'name'>[],
): (a: Omit<RefusedRow, 'reason'>, b: Omit<RefusedRow, 'reason'>) => number {
  const places = new Map(datasets.map(({ name }, index) => [name, index]));
  const placeOf = ({ dataset }: Omit<RefusedRow, 'reason'>) => places.get(dataset) ?? 0;
  return (a, b) =>
    a.position < b.position ? -1 : Number(a.position > b.position) || placeOf(a) - placeOf(b);
}

/** Statements that make the tables that a window needs beside `log`, and the macros. Once a connection. */
export const windowTables = (): string[] => [
  // A join would build its hash table on the smaller side and give rows in the order of the other one. As
  // written, the log is the side that streams, so rows stay in its order and nothing is sorted.
  // And it would make a join of each IN.
  `SET disabled_optimizers = 'join_order,build_side_probe_side,in_clause'`,
  // They hold back a chunk of a few rows, and let the full one that comes after it pass.
  'SET enable_caching_operators = false',
  ...DUCKDB_MACROS,
  SLOT_OF,
  `CREATE TABLE IF NOT EXISTS settings (
    reporting_currency VARCHAR, reporting_digits INTEGER, time_zone VARCHAR)`,
  DAYS_TABLE,
  'CREATE TABLE IF NOT EXISTS left_out (dataset VARCHAR, position VARCHAR)',
];

/** Statements that parse the window in `log`, and find what some datasets refuse of it. */
export function prepareWindow(datasets: readonly SqlDataset[]): string[] {
  const parsing = datasets.filter(readsJson);
  return [
    'SET VARIABLE settings = (SELECT s FROM settings AS s)',
    ...parsedTables(parsing),
    `CREATE OR REPLACE TEMP TABLE suspects (dataset VARCHAR, position VARCHAR)`,
    ...datasets.map((dataset) => `INSERT INTO suspects ${suspects(dataset)}`),
    `CREATE OR REPLACE TEMP TABLE refused (dataset VARCHAR, position VARCHAR, reason VARCHAR)`,
  ];
}

/**
 * Finds what some datasets refuse of the window that was prepared, in the order of the log and theirs.
 * Reasons are looked for only where there are suspects: to plan those queries takes longer than all the rest.
 */
export async function findRefused(
  connection: DuckDBConnection,
  datasets: readonly SqlDataset[],
): Promise<RefusedRow[]> {
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  const names = await rows('SELECT DISTINCT dataset FROM suspects');
  const suspected = datasets.filter(({ name }) => names.some((each) => each.dataset === name));
  if (suspected.length === 0) return [];
  const parsing = suspected.filter(readsJson);
  if (parsing.length > 0) await connection.run(oddTable(parsing));
  for (const dataset of suspected) await connection.run(`INSERT INTO refused ${refused(dataset)}`);
  return ((await rows('SELECT * FROM refused')) as unknown as RefusedRow[]).sort(inOrderOf(datasets));
}

/**
 * A query of the rows of a dataset, in the order of the log and of the lines. Events that it refuses have
 * none, and those that `left_out` names have none either.
 * @param isWhole the dataset is known to have rows of every event
 */
export function rowsOf(dataset: SqlDataset, isWhole = false): string {
  const { name, where } = dataset;
  const leftOut = ['refused', 'left_out'].map(
    (table) => `SELECT position FROM ${table} WHERE dataset = '${name}'`,
  );
  const others = isWhole ? '' : ` ANTI JOIN (${leftOut.join(' UNION ALL ')}) USING (position)`;
  const relation = `${eventsOf(dataset)}${others}`;
  const condition = `${isOfTypes([dataset])}${where ? ` AND ${where(d)}` : ''}`;
  const source = dataset.perLine
    ? `(SELECT *, unnest(lines) AS line FROM ${relation} WHERE ${condition})`
    : `${relation} WHERE ${condition}`;
  return selectRows(dataset, d, source);
}

const eventsOf = (dataset: SqlDataset): string => (readsJson(dataset) ? parsedOf(dataset) : 'log');

function suspects(dataset: SqlDataset): string {
  const { name, perLine } = dataset;
  const events = `${eventsOf(dataset)} WHERE ${isOfTypes([dataset])}`;
  const ofEvents = `SELECT '${name}', position FROM ${events} AND (${suspicious(dataset, d).join(' OR ')})`;
  if (!perLine) return ofEvents;
  const lines = `(SELECT *, unnest(lines) AS line FROM ${events})`;
  return `${ofEvents} UNION SELECT '${name}', position FROM ${lines} WHERE ${misfits(dataset, 'line', d)}`;
}

function refused(dataset: SqlDataset): string {
  const { name, perLine } = dataset;
  const json = readsJson(dataset) ? ' LEFT JOIN odd USING (position)' : '';
  const suspected = `(SELECT position FROM suspects WHERE dataset = '${name}')`;
  const events = `(SELECT * FROM ${eventsOf(dataset)} SEMI JOIN ${suspected} USING (position)${json})`;
  const ofEvents = found(eventProblems(dataset, d), withSteps(dataset, d, events, 'event'));
  const rows = perLine
    ? `(SELECT *, unnest(lines) AS line, generate_subscripts(lines, 1) AS line_number FROM ${events})`
    : events;
  const ofRows = found(rowProblems(dataset, d, perLine ? 'line_number' : '0'), withSteps(dataset, d, rows));
  return `SELECT '${name}', position, arg_min(problem.reason, problem.rank)
FROM (${ofEvents} UNION ALL ${ofRows}) WHERE problem.reason IS NOT NULL GROUP BY position`;
}

function found(problems: readonly Problem[], relation: string): string {
  const list = problems.map(
    ({ rank, reason }) => `{'rank': (${rank})::BIGINT, 'reason': (${reason})::VARCHAR}`,
  );
  return `SELECT position, unnest([${list.join(', ')}]) AS problem FROM ${relation}`;
}
