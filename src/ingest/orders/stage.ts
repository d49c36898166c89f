import type { Readable } from 'node:stream';
import type { ColumnOptions, Columns } from '../columns/columns';
import type { CsvRow } from '../files/csv-parser';
import { openTable, type Table, type TableOptions } from '../files/table';
import { type ReadRow, type RowReader, rowReader } from './line';
import { createReadings, type ReadingNames, type ReadingOptions, type Readings } from './readings';
import type { Staging } from './staging';
import { delimiterOf, type LayoutOptions, openColumns, optionsOf, type UsedLayout } from './use-layout';

export interface StageOptions extends ColumnOptions, LayoutOptions, ReadingOptions, TableOptions {
  /** path of a file; `-` is standard input */
  file: string;
  /** name of a layout, `none`, or the path of a YAML file; default: told by the header */
  layout?: string;
  /** IANA name: the zone of times that name none; default: that of the layout, or else the store's */
  timeZone?: string;
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
  /** undefined: it is read without a layout */
  layout: UsedLayout | undefined;
  /** the options, with what the layout says in place of those that were not given */
  options: StageOptions;
  readings: Readings;
  reader: RowReader;
  rows: number;
  /** the layout's own zone of times that name none; undefined where an option says it, or the store */
  timeZone: string | undefined;
  /** rows that are no part of any order by the rules of the layout: reason -> how many */
  skipped: Map<string, number>;
  /** currencies that its rows name */
  currencies: Set<string>;
  /** a row names no currency */
  lacksCurrency: boolean;
  /** the order of the row before: a row that names none may be a line of it */
  lastOrder: string;
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
  const delimiter = options.delimiter ?? (await delimiterOf(options.layout));
  const table = await openTable(options.file, { ...options, delimiter }, stdin);
  try {
    const staged = await openFile(table, options, timeZone);
    const { reader, readings } = staged;
    const doubts = new Map<number, string>();
    const versions = new Set<number>();
    const read = (row: CsvRow) => doubted(reader.read(row.cells), doubts.get(row.row));
    for await (const batch of table.rows) {
      const rows = rowsOfOrders(staged, batch);
      for (const { row, cells, doubt } of rows) {
        if (doubt === undefined) reader.observe(row, cells);
        else doubts.set(row, doubt);
      }
      versions.add(readings.version());
      await addRows(staged, rows, rows.map(read), staging);
      staged.rows += batch.length;
      onRows?.(staged.rows);
      if (signal?.aborted) return staged;
    }
    staged.warnings.push(...nullWarnings(reader.suspicious));
    staged.names = readings.decide();
    versions.add(readings.version());
    staged.lastOrder = '';
    const again = ofOrder(staged, staging);
    if (versions.size > 1) await staging.readAgain((row) => again(read(row)));
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
  await staging.add(rows, read.map(ofOrder(staged, staging)));
}

/**
 * A row without an order's id cannot be used. It may be a line of the order above, which without it would
 * come in part: that order is left out with it.
 */
function ofOrder(staged: Pick<StagedFile, 'lastOrder'>, { whole }: Staging): (row: ReadRow) => ReadRow {
  return (row) => {
    if (row.documentId === '' && whole) return { ...row, documentId: staged.lastOrder };
    staged.lastOrder = row.documentId;
    return row;
  };
}

/** The rows without those that a rule of the layout skips. */
function rowsOfOrders({ layout, skipped }: StagedFile, rows: readonly CsvRow[]): readonly CsvRow[] {
  if (layout === undefined || !layout.hasRowRules) return rows;
  return rows.filter(({ cells }) => {
    const role = layout.roleOf(cells);
    if (!('skip' in role)) return true;
    skipped.set(role.skip, (skipped.get(role.skip) ?? 0) + 1);
    return false;
  });
}

const nullWarnings = (suspicious: ReadonlyMap<string, number>): string[] =>
  [...suspicious].map(
    ([text, cells]) =>
      `${JSON.stringify(text)} was taken as it is in ${cells} cells; ` +
      `if it stands for nothing, give --null ${JSON.stringify(text)}`,
  );

async function openFile(table: Table, given: StageOptions, storeTimeZone: string): Promise<StagedFile> {
  const { columns, used } = await openColumns(table.header, given.layout, given);
  const options = { ...optionsOf(used), ...withoutUndefined(given) };
  const timeZone = given.timeZone === undefined ? used?.layout.timeZone : undefined;
  const readings = createReadings(columns, timeZone ?? storeTimeZone, given, used?.layout);
  const reader = rowReader(columns, readings, options);
  return {
    table,
    columns,
    layout: used,
    options,
    readings,
    reader,
    rows: 0,
    timeZone,
    skipped: new Map(),
    currencies: new Set(),
    lacksCurrency: false,
    lastOrder: '',
    names: undefined,
    warnings: [],
  };
}

/** So that an option that was not given hides nothing of a layout. */
const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
