import type { Readable } from 'node:stream';
import { type ColumnOptions, type Columns, resolveColumns } from '../columns/columns';
import type { CsvRow } from '../files/csv-parser';
import { openTable, type Table, type TableOptions } from '../files/table';
import { type ReadRow, type RowOptions, type RowReader, rowReader } from './line';
import type { OrderLayout } from './order-layout';
import { createReadings, type ReadingNames, type ReadingOptions, type Readings } from './readings';
import type { Staging } from './staging';

export interface StageOptions extends ColumnOptions, ReadingOptions, RowOptions, TableOptions {
  /** path of a file; `-` is standard input */
  file: string;
  layout?: OrderLayout;
}

export interface StageEnvironment {
  stdin?: Readable;
  signal?: AbortSignal;
  onRows?: (rows: number) => void;
}

/** A file whose rows are in the staging tables. */
export interface StagedFile {
  table: Table;
  columns: Columns;
  readings: Readings;
  reader: RowReader;
  rows: number;
  /** currencies that its rows name */
  currencies: Set<string>;
  /** a row names no currency */
  lacksCurrency: boolean;
  /** undefined: it was told to stop before the end of the file */
  names: ReadingNames | undefined;
  /** what was noticed and taken as it is */
  warnings: string[];
}

/**
 * Reads a file into the staging tables. Its rows are read at once, as the rows before them suggest. Where the
 * rest of the file shows that they mean something else, they are read again.
 * @param timeZone of times that name none
 * @throws InputError when the file or an option cannot be used
 */
export async function stage(
  options: StageOptions,
  timeZone: string,
  staging: Staging,
  { stdin, signal, onRows }: StageEnvironment,
): Promise<StagedFile> {
  const table = await openTable(options.file, options, stdin);
  try {
    const staged = stagedFile(table, options, timeZone);
    const { reader, readings } = staged;
    const doubts = new Map<number, string>();
    const versions = new Set<number>();
    const read = (row: CsvRow) => doubted(reader.read(row.cells), doubts.get(row.row));
    for await (const rows of table.rows) {
      for (const { row, cells, doubt } of rows) {
        if (doubt === undefined) reader.observe(row, cells);
        else doubts.set(row, doubt);
      }
      versions.add(readings.version());
      await addRows(staged, rows, rows.map(read), staging);
      onRows?.(staged.rows);
      if (signal?.aborted) return staged;
    }
    staged.warnings.push(...nullWarnings(reader.suspicious));
    staged.names = readings.decide();
    versions.add(readings.version());
    if (versions.size > 1) await staging.readAgain(read);
    return staged;
  } finally {
    await table.close();
  }
}

/** Refuses a row of which it is not certain where it begins and ends. */
function doubted(read: ReadRow, doubt: string | undefined): ReadRow {
  if (doubt === undefined) return read;
  return { ...read, reason: { label: 'it is in doubt how the row is meant', detail: doubt } };
}

async function addRows(
  staged: StagedFile,
  rows: readonly CsvRow[],
  read: readonly ReadRow[],
  staging: Staging,
): Promise<void> {
  for (const { said } of read) {
    if (said === undefined) continue;
    if (said.currency === '') staged.lacksCurrency = true;
    else staged.currencies.add(said.currency);
  }
  await staging.add(rows, read);
  staged.rows += rows.length;
}

const nullWarnings = (suspicious: ReadonlyMap<string, number>): string[] =>
  [...suspicious].map(
    ([text, cells]) =>
      `${JSON.stringify(text)} was taken as it is in ${cells} cells; ` +
      `if it stands for nothing, give --null ${JSON.stringify(text)}`,
  );

function stagedFile(table: Table, options: StageOptions, timeZone: string): StagedFile {
  const columns = resolveColumns(table.header, options, options.layout);
  const readings = createReadings(columns, timeZone, options, options.layout);
  const reader = rowReader(columns, readings, options);
  return {
    table,
    columns,
    readings,
    reader,
    rows: 0,
    currencies: new Set(),
    lacksCurrency: false,
    names: undefined,
    warnings: [],
  };
}
