import type { QuoteMode } from './csv-parser';
import type { TextForm } from './encoding';
import { findHeader, isRejectsHeader } from './header';
import { splitLines } from './line-ends';
import { readLeniently, readQuotedRecord } from './quotes';

/** How a text of rows is written, as far as it takes to write another one like it. */
export interface TableForm extends TextForm {
  delimiter: string;
  /** `none` where a quote means nothing */
  quote: '"' | 'none';
  /** whether every cell stands in quotes */
  quoteAll: boolean;
  lineEnd: string;
  /** whether a first line such as `sep=;` names the delimiter */
  separatorLine: boolean;
}

/** What the beginning of a text tells about the rest. */
export interface Beginning {
  delimiter: string;
  quoteAll: boolean;
  lineEnd: string;
  /** the first line where it is one such as `sep=;`, with its end */
  separatorLine: string;
  /** counted without that line, from 1 */
  headerRow: number;
}

/** Names of the delimiters that are looked for. */
const DELIMITERS = new Map([
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'pipes'],
]);
const MOST_ROWS = 200;

export const nameOfDelimiter = (delimiter: string): string =>
  DELIMITERS.get(delimiter) ?? JSON.stringify(delimiter);

/**
 * Finds delimiter, header and the rest in the beginning of a text. The delimiter is the one that makes most
 * cells in rows that are as wide as their header; a line such as `sep=;` names it.
 * @param text some 64,000 characters, or all of them
 * @param asked what need not be found
 */
export function findForm(
  text: string,
  asked: { delimiter?: string; quote: QuoteMode; headerRow?: number },
): Beginning {
  const separatorLine = /^"?sep=(.)"?(\r\n|\n|\r)/i.exec(text);
  const body = text.slice(separatorLine?.[0].length ?? 0);
  const given = asked.delimiter ?? separatorLine?.[1];
  const tables = (given === undefined ? [...DELIMITERS.keys()] : [given]).map((delimiter) =>
    tableOf(body, delimiter, asked),
  );
  const best = tables.reduce((one, other) => (other.score > one.score ? other : one));
  return {
    delimiter: best.delimiter,
    headerRow: best.headerRow,
    quoteAll: asked.quote !== 'none' && isQuoted(best.rows[best.header], best.delimiter),
    lineEnd: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n',
    separatorLine: separatorLine?.[0] ?? '',
  };
}

interface SampleRow {
  /** counted with empty ones, from 1 */
  row: number;
  text: string;
  cells: string[];
}

interface SampleTable {
  delimiter: string;
  rows: SampleRow[];
  /** index of the header in `rows` */
  header: number;
  headerRow: number;
  /** cells of the header, if all rows below are as wide */
  score: number;
}

function tableOf(
  text: string,
  delimiter: string,
  asked: { quote: QuoteMode; headerRow?: number },
): SampleTable {
  const all = asked.quote === 'none' ? bareRows(text, delimiter) : quotedRows(text, delimiter);
  const rows = all.filter(({ text }) => text !== '');
  const header = headerOf(rows, asked.headerRow);
  const width = rows[header]?.cells.length ?? 0;
  const below = rows.slice(header + 1);
  const wide = below.filter(({ cells }) => cells.length === width).length;
  const score = width < 2 ? 0 : width * (below.length === 0 ? 1 : (wide + 0.5) / (below.length + 0.5));
  return { delimiter, rows, header, headerRow: rows[header]?.row ?? asked.headerRow ?? 1, score };
}

/** A file of rejected rows is imported with the options of the original, but its header comes first. */
function headerOf(rows: readonly SampleRow[], asked: number | undefined): number {
  if (asked === undefined || isRejectsHeader(rows[0]?.cells ?? []))
    return findHeader(rows.map(({ cells }) => cells));
  return rows.findIndex(({ row }) => row >= asked);
}

function bareRows(text: string, delimiter: string): SampleRow[] {
  return splitLines(text)
    .slice(0, MOST_ROWS)
    .map((line, i) => ({ row: i + 1, text: line, cells: line.split(delimiter) }));
}

/** The first rows. One with a broken quote is a line. */
function quotedRows(text: string, delimiter: string): SampleRow[] {
  const rows: SampleRow[] = [];
  for (let at = 0; at < text.length && rows.length < MOST_ROWS; ) {
    const record = readQuotedRecord(text, at, delimiter);
    const end = record.is === 'whole' ? record.end : endOfLine(text, at);
    const raw = text.slice(at, end);
    const cells = record.is === 'whole' ? record.cells : readLeniently(raw, delimiter).cells;
    rows.push({ row: rows.length + 1, text: raw, cells });
    at = end + (text.startsWith('\r\n', end) ? 2 : 1);
  }
  return rows;
}

function endOfLine(text: string, at: number): number {
  const end = text.slice(at).search(/[\r\n]/);
  return end < 0 ? text.length : at + end;
}

function isQuoted(row: SampleRow | undefined, delimiter: string): boolean {
  if (row === undefined || row.cells.length < 2) return false;
  return row.text.startsWith('"') && row.text.split(`"${delimiter}"`).length === row.cells.length;
}
