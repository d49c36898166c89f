import { once } from 'node:events';

export type Cell = string | number | bigint | boolean | null | undefined;

/** Prints a value as indented JSON on stdout; a bigint becomes a decimal string. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? String(item) : item), 2);
  process.stdout.write(`${text}\n`);
}

/** Writes to stdout, and waits for a slow reader, so that memory does not grow with what is printed. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Prints rows as a table on stdout, with numbers to the right. The columns are the keys of the first row. */
export function printTable(rows: readonly Record<string, Cell>[]): void {
  process.stdout.write(formatTable(rows));
}

export function formatTable(rows: readonly Record<string, Cell>[]): string {
  const columns = Object.keys(rows[0] ?? {}).map((name) => {
    const cells = rows.map((row) => format(row[name]));
    return {
      name,
      cells,
      width: Math.max(name.length, ...cells.map((cell) => cell.length)),
      numeric: rows.every((row) => row[name] == null || /^(number|bigint)$/.test(typeof row[name])),
    };
  });
  const line = (pick: (column: (typeof columns)[number]) => string) =>
    `${columns
      .map((column) =>
        column.numeric ? pick(column).padStart(column.width) : pick(column).padEnd(column.width),
      )
      .join('  ')
      .trimEnd()}\n`;
  if (columns.length === 0) return '';
  return line(({ name }) => name) + rows.map((_, i) => line(({ cells }) => cells[i] ?? '')).join('');
}

function format(cell: Cell): string {
  if (cell == null) return '-';
  return typeof cell === 'number' || typeof cell === 'bigint' ? cell.toLocaleString('en-US') : String(cell);
}
