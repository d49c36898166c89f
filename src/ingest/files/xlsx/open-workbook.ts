import { InputError } from '../../input-error';
import type { CsvRow } from '../csv-parser';
import { findHeader, isRejectsHeader } from '../header';
import { type Archive, openArchive } from './archive';
import { readSheet } from './sheet';
import { readWorkbook, type Workbook } from './workbook';

/** The sheet of a workbook that has the rows. */
export interface OpenedSheet {
  headerRow: number;
  /** all rows from the header on, each at least as wide as it */
  rows: AsyncGenerator<CsvRow[]>;
  notes: string[];
}

const SAMPLE_ROWS = 200;

/**
 * Opens a sheet of a workbook (.xlsx). Its rows are read with the memory of a few; the workbook as it is
 * packed and its texts are in memory.
 * @param bytes of a zip archive
 * @throws InputError where it is another archive, or has no such sheet; while iterating as well
 */
export async function openWorkbook(
  name: string,
  bytes: Buffer,
  asked: { sheet?: string; headerRow?: number },
): Promise<OpenedSheet> {
  const archive = await openArchive(name, bytes);
  refuseOthers(name, archive);
  const book = await readWorkbook(name, archive);
  const sheet = sheetOf(name, book, asked.sheet);
  const batches = readSheet(name, await archive.open(sheet.path), book);
  const first = (await batches.next()).value ?? [];
  const header = headerOf(first, asked.headerRow);
  if (header === undefined)
    throw new InputError(
      asked.headerRow === undefined
        ? `${name} is empty: its sheet ${JSON.stringify(sheet.name)} has no header`
        : `${name} has no row ${asked.headerRow}, which should be its header`,
    );
  const others = book.sheets.filter((one) => one !== sheet).map((one) => JSON.stringify(one.name));
  return {
    headerRow: header.row,
    rows: asWideAs(header, first, batches),
    notes: [
      `sheet ${JSON.stringify(sheet.name)} of a workbook` +
        (others.length > 0 ? `; not read: ${others.join(', ')} (--sheet NAME)` : ''),
    ],
  };
}

function sheetOf(name: string, { sheets }: Workbook, asked: string | undefined): Workbook['sheets'][number] {
  const sheet = asked === undefined ? sheets[0] : sheets.find((one) => one.name === asked);
  if (sheet !== undefined) return sheet;
  const names = sheets.map((one) => JSON.stringify(one.name)).join(', ');
  throw new InputError(`${name} has no sheet ${JSON.stringify(asked)}. It has: ${names}`);
}

function headerOf(rows: readonly CsvRow[], asked: number | undefined): CsvRow | undefined {
  const sample = rows.slice(0, SAMPLE_ROWS);
  if (asked !== undefined && !isRejectsHeader(rows[0]?.cells ?? []))
    return rows.find(({ row }) => row >= asked);
  const cells = sample.map((row) => trimmed(row.cells));
  const width = Math.max(0, ...cells.map(({ length }) => length));
  return rows[findHeader(cells.map((row) => padded(row, width)))];
}

/** A row of a sheet ends with its last cell that has something. */
async function* asWideAs(
  header: CsvRow,
  first: CsvRow[],
  batches: AsyncGenerator<CsvRow[]>,
): AsyncGenerator<CsvRow[]> {
  const names = trimmed(header.cells);
  const fit = (row: CsvRow): CsvRow => ({ ...row, cells: padded(trimmed(row.cells), names.length) });
  yield first.filter(({ row }) => row >= header.row).map(fit);
  for await (const batch of batches) yield batch.map(fit);
}

const padded = (cells: readonly string[], width: number): string[] =>
  Array.from({ length: Math.max(width, cells.length) }, (_, i) => cells[i] ?? '');

function trimmed(cells: readonly string[]): string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  return cells.slice(0, last + 1);
}

/** Says what an archive is that is no workbook, and what to do with it. */
function refuseOthers(name: string, { names }: Archive): void {
  const has = (prefix: string) => names.some((file) => file.startsWith(prefix));
  const save = 'Open it in a spreadsheet, and save it as .xlsx or CSV (UTF-8)';
  if (has('xl/workbook.bin')) throw new InputError(`${name} is a binary Excel workbook (.xlsb). ${save}.`);
  if (has('xl/')) return;
  if (has('content.xml')) throw new InputError(`${name} is an OpenDocument file (.ods). ${save}.`);
  if (has('Index/')) throw new InputError(`${name} is a Numbers document. Export it as CSV or .xlsx.`);
  if (has('word/') || has('ppt/'))
    throw new InputError(`${name} is a text or slides. Export the orders as CSV.`);
  const files = names.filter((file) => !file.endsWith('/'));
  const listed = files.slice(0, 5).join(', ') + (files.length > 5 ? ' ...' : '');
  throw new InputError(
    files.length === 1
      ? `${name} is a zip archive of ${listed}. Unpack it, or pipe it: \`unzip -p FILE\` into an import of -.`
      : `${name} is a zip archive of ${files.length} files (${listed}). ` +
          'Unpack it, and import each file of orders.',
  );
}
