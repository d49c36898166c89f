import type { QueryAnswer, QueryColumn } from '../../warehouse/target/query-answer';
import { print } from '../output';
import { type Cells, cellsOf, harmless } from './cells';

export const FORMATS = ['table', 'csv', 'md', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** At most so many rows go to a terminal; a pipe gets all. */
const ROWS_ON_TERMINAL = 1_000;
/** The columns' widths follow from so many rows; a longer cell further on moves the rest of its line. */
const ROWS_MEASURED = 1_000;

type Print = (answer: QueryAnswer) => Promise<void>;

/** @param safe makes cells of a CSV harmless for spreadsheets */
export function printerOf(format: Format, safe: boolean): Print {
  if (format === 'json') return printAsJson;
  if (format === 'table') return printAsTable;
  return (answer) => printLines(answer, format === 'csv' ? csv(safe) : MARKDOWN);
}

/** Prints row by row, so that any number of them fit into memory. Values are as they are stored. */
async function printAsJson({ columns, rows }: QueryAnswer): Promise<void> {
  let separator = '[\n';
  for await (const row of rows) {
    const object = Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
    await print(`${separator}  ${JSON.stringify(object)}`);
    separator = ',\n';
  }
  await print(separator === '[\n' ? '[]\n' : '\n]\n');
}

interface LineFormat {
  head(columns: readonly QueryColumn[]): string;
  line(cells: readonly (string | null)[], columns: readonly QueryColumn[]): string;
}

async function printLines(answer: QueryAnswer, { head, line }: LineFormat): Promise<void> {
  const { columns, rows } = answer;
  const cells = await cellsIn(answer);
  await print(head(columns));
  for await (const row of rows) await print(line(cells.textsOf(row), columns));
}

/** RFC 4180, with a line feed. null is nothing between the commas, and an empty text is a pair of quotes. */
function csv(safe: boolean): LineFormat {
  const cell = (text: string | null, isNumber: boolean): string => {
    if (text === null) return '';
    const shown = safe && !isNumber ? harmless(text) : text;
    return shown === '' || /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
  };
  return {
    head: (columns) => `${columns.map(({ name }) => cell(name, false)).join(',')}\n`,
    line: (cells, columns) =>
      `${cells.map((text, index) => cell(text, columns[index]?.isNumber === true)).join(',')}\n`,
  };
}

const markdownLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replace(/\r?\n|\r/g, '<br>');

const MARKDOWN: LineFormat = {
  head: (columns) =>
    markdownLine(columns.map(({ name }) => escaped(name))) +
    markdownLine(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
  line: (cells) => markdownLine(cells.map((text) => (text === null ? '' : escaped(text)))),
};

/** Prints an aligned table, with numbers to the right. */
async function printAsTable(answer: QueryAnswer): Promise<void> {
  const { columns, rows } = answer;
  const cells = await cellsIn(answer);
  const limit = process.stdout.isTTY ? ROWS_ON_TERMINAL : Number.POSITIVE_INFINITY;
  const measured: string[][] = [];
  let write: ((texts: string[]) => Promise<void>) | undefined;
  let count = 0;
  for await (const row of rows) {
    if (++count > limit) break;
    const texts = cells.textsOf(row).map((text) => (text === null ? '-' : text.replace(/[\r\n]+/g, ' ')));
    if (write) await write(texts);
    else if (measured.push(texts) === ROWS_MEASURED) write = await beginTable(columns, measured);
  }
  if (count === 0) return print('No rows.\n');
  if (!write) await beginTable(columns, measured);
  if (count > limit)
    process.stderr.write(`... the first ${limit} rows; a pipe or --output has all, in any --format.\n`);
}

/** Prints the head and the first rows. @returns what prints a further row */
async function beginTable(
  columns: readonly QueryColumn[],
  measured: readonly string[][],
): Promise<(texts: string[]) => Promise<void>> {
  const widths = columns.map(({ name }, index) =>
    measured.reduce((width, texts) => Math.max(width, texts[index]?.length ?? 0), name.length),
  );
  const write = (texts: readonly string[]) => {
    const padded = texts.map((text, index) =>
      columns[index]?.isNumber ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
    );
    return print(`${padded.join('  ').trimEnd()}\n`);
  };
  await write(columns.map(({ name }) => name));
  for (const texts of measured) await write(texts);
  return write;
}

async function cellsIn({ columns, reportingDigits }: QueryAnswer): Promise<Cells> {
  return cellsOf(columns, await reportingDigits());
}
