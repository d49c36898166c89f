import type { Readable } from 'node:stream';
import { InputError } from '../input-error';
import { CsvParser, type CsvRow, type QuoteMode } from './csv-parser';
import { decodeText, type Encoding, findEncoding } from './encoding';
import { foreignKind, isZip } from './foreign';
import { findForm, nameOfDelimiter, type TableForm } from './form';
import { isRejectsHeader, REJECT_COLUMNS } from './header';
import { readRows } from './rows';
import { nameOfSource, peek, readSource } from './source';

/** What is known of a file before it is opened. What is left out is found. */
export interface TableOptions {
  /** one character */
  delimiter?: string;
  /** default `auto` */
  quote?: QuoteMode;
  /** a byte order mark tells it anyway; default UTF-8 */
  encoding?: Encoding;
  /** row of the header, from 1 */
  headerRow?: number;
  /** name of the sheet in a workbook; default the first one */
  sheet?: string;
}

/** A file of rows below a header. */
export interface Table {
  /** what messages call it */
  name: string;
  form: TableForm;
  /** names of the columns, trimmed */
  header: string[];
  headerRow: number;
  /** the rows below the header, in batches; may be read once */
  rows: AsyncGenerator<CsvRow[]>;
  /** the line in which a row begins that was read */
  lineOf(row: number): number;
  /** Sentences for the report: how the file was read, and what was seen in it so far. */
  notes(): string[];
  /** Lets go of the file, however much of it was read. */
  close(): Promise<void>;
}

/** A workbook is in memory as it is packed. */
const MAX_WORKBOOK_BYTES = 256 * 1024 * 1024;
const HEAD_BYTES = 1024;
const SAMPLE_CHARACTERS = 64 * 1024;

/**
 * Opens a file of rows: CSV and its kin or a workbook (.xlsx), also compressed with gzip or xz. Finds how it
 * is written. The form of a workbook is that of a CSV file in UTF-8.
 * @param file a path, or `-` for standard input
 * @throws InputError where it cannot be read, is of another kind, or has no header; while iterating as well
 */
export async function openTable(file: string, options: TableOptions = {}, stdin?: Readable): Promise<Table> {
  const name = nameOfSource(file);
  const source = readSource(file, stdin);
  const close = async () => {
    await source.return(undefined);
  };
  try {
    const { head, whole } = await peek(source, HEAD_BYTES);
    const foreign = foreignKind(head, name);
    if (foreign !== undefined) throw new InputError(foreign);
    const opened = isZip(head) ? openSheet(name, whole, options) : openText(name, head, whole, options);
    return { ...(await opened), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openText(
  name: string,
  head: Buffer,
  bytes: AsyncGenerator<Buffer>,
  options: TableOptions,
): Promise<Omit<Table, 'close'>> {
  const { quote = 'auto' } = options;
  const encoding = findEncoding(head, options.encoding);
  const { start, whole } = await readStart(decodeText(bytes, encoding));
  const found = findForm(start, { ...options, quote });
  const { delimiter, headerRow, separatorLine } = found;
  const form: TableForm = {
    ...encoding,
    ...found,
    quote: quote === 'none' ? 'none' : '"',
    separatorLine: separatorLine !== '',
  };
  const parser = new CsvParser({ delimiter, quote, headerRow, linesBefore: separatorLine === '' ? 0 : 1 });
  const batches = readRows(without(separatorLine, whole), parser);
  const table = await belowHeader(name, batches, headerRow);
  return {
    ...table,
    name,
    form,
    lineOf: (row) => parser.lineOf(row),
    notes: () => [
      ...(options.delimiter === undefined ? [`cells are separated by ${nameOfDelimiter(delimiter)}`] : []),
      ...(encoding.bom && encoding.encoding !== 'utf-8' ? [`the text is ${encoding.encoding}`] : []),
      ...table.notes,
      ...notesOnQuotes(parser),
    ],
  };
}

async function openSheet(
  name: string,
  bytes: AsyncGenerator<Buffer>,
  options: TableOptions,
): Promise<Omit<Table, 'close'>> {
  const { openWorkbook } = await import('./xlsx/open-workbook.js');
  const { headerRow, rows, notes } = await openWorkbook(name, await readWhole(name, bytes), options);
  const table = await belowHeader(name, rows, headerRow);
  return {
    ...table,
    name,
    form: {
      encoding: 'utf-8',
      // Whatever encoding the command asks for, the mark tells it.
      bom: true,
      delimiter: options.delimiter ?? ',',
      quote: '"',
      quoteAll: false,
      lineEnd: '\r\n',
      separatorLine: false,
    },
    lineOf: (row) => row,
    notes: () => [...notes, ...table.notes],
  };
}

async function readWhole(name: string, chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_WORKBOOK_BYTES)
      throw new InputError(
        `${name} is larger than ${MAX_WORKBOOK_BYTES} bytes. Save its sheet as CSV (UTF-8)`,
      );
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Takes the header off. That of a file of rejected rows stands behind three columns. */
async function belowHeader(
  name: string,
  batches: AsyncGenerator<CsvRow[]>,
  headerRow: number,
): Promise<{ header: string[]; headerRow: number; rows: AsyncGenerator<CsvRow[]>; notes: string[] }> {
  const { header, rows } = await splitHeader(name, batches, headerRow);
  const ofRejects = isRejectsHeader(header);
  const cut = ofRejects ? REJECT_COLUMNS.length : 0;
  return {
    header: header.slice(cut),
    headerRow,
    rows: ofRejects ? withoutColumns(rows, cut) : rows,
    notes: [
      ...(headerRow > 1 ? [`the header is row ${headerRow}; rows before it were left out`] : []),
      ...(ofRejects ? ['a file of rejected rows: its first three columns were left out'] : []),
    ],
  };
}

function notesOnQuotes(parser: CsvParser): string[] {
  const { spanning, text } = parser.findings;
  const first = (row: number) => `(first: row ${row}, line ${parser.lineOf(row)})`;
  return [
    ...(spanning.cells > 0 ? [`cells that span lines: ${spanning.cells} ${first(spanning.firstRow)}`] : []),
    ...(text.cells > 0
      ? [`cells with quotes that do not balance, which are text: ${text.cells} ${first(text.firstRow)}`]
      : []),
  ];
}

/** Reads the beginning of a text ahead. */
async function readStart(
  chunks: AsyncGenerator<string>,
): Promise<{ start: string; whole: AsyncGenerator<string> }> {
  let start = '';
  while (start.length < SAMPLE_CHARACTERS) {
    const { done, value } = await chunks.next();
    if (done) break;
    start += value;
  }
  async function* whole() {
    yield start;
    yield* chunks;
  }
  return { start, whole: whole() };
}

async function* without(prefix: string, chunks: AsyncGenerator<string>): AsyncGenerator<string> {
  let left = prefix.length;
  for await (const chunk of chunks) {
    yield chunk.slice(left);
    left = 0;
  }
}

async function splitHeader(
  name: string,
  batches: AsyncGenerator<CsvRow[]>,
  headerRow: number,
): Promise<{ header: string[]; rows: AsyncGenerator<CsvRow[]> }> {
  for (;;) {
    const { done, value } = await batches.next();
    if (done) throw noHeader(name, headerRow);
    const at = value.findIndex(({ row }) => row >= headerRow);
    const first = value[at];
    if (first === undefined) continue;
    const header = first.cells.map((cell) => cell.trim());
    return { header, rows: continued(value.slice(at + 1), batches) };
  }
}

async function* continued(batch: CsvRow[], batches: AsyncGenerator<CsvRow[]>): AsyncGenerator<CsvRow[]> {
  if (batch.length > 0) yield batch;
  yield* batches;
}

function noHeader(name: string, headerRow: number): InputError {
  const file = name.charAt(0).toUpperCase() + name.slice(1);
  return new InputError(
    headerRow === 1
      ? `${name === 'standard input' ? file : name} is empty: it has no header`
      : `${name} has no row ${headerRow}, which should be its header`,
  );
}

async function* withoutColumns(batches: AsyncGenerator<CsvRow[]>, count: number): AsyncGenerator<CsvRow[]> {
  for await (const batch of batches) yield batch.map((row) => ({ ...row, cells: row.cells.slice(count) }));
}
