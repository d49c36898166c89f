import type { QueryAnswer } from '../../warehouse/target';
import { type Cell, printTable } from '../output';

/** Rows of a table on the terminal; files and JSON have all. */
const SHOWN_ROWS = 1_000;

/** Row by row, so that any number of them can be printed. */
export async function printRowsAsJson({ columns, rows }: QueryAnswer): Promise<void> {
  let separator = '[\n';
  for await (const row of rows) {
    const object = Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
    process.stdout.write(`${separator}  ${JSON.stringify(object)}`);
    separator = ',\n';
  }
  process.stdout.write(separator === '[\n' ? '[]\n' : '\n]\n');
}

/** The first rows, aligned. */
export async function printRowsAsTable({ columns, rows }: QueryAnswer): Promise<void> {
  const shown: Record<string, Cell>[] = [];
  let more = false;
  for await (const row of rows) {
    more = shown.length === SHOWN_ROWS;
    if (more) break;
    shown.push(Object.fromEntries(columns.map(({ name }, index) => [name, cellOf(row[index])])));
  }
  if (shown.length === 0) process.stdout.write('No rows.\n');
  else printTable(shown);
  if (more) process.stdout.write(`... the first ${SHOWN_ROWS} rows; --json and --output have all.\n`);
}

const cellOf = (value: unknown): Cell =>
  value === null || typeof value !== 'object' ? (value as Cell) : JSON.stringify(value);
