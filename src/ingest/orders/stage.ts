import type { Readable } from 'node:stream';
import { type ColumnOptions, type Columns, resolveColumns } from '../columns/columns';
import { type Encoding, toUtf8 } from '../files/encoding';
import { type CsvRow, readRows } from '../files/rows';
import { readSource } from '../files/source';
import { InputError } from '../input-error';
import { type RowOptions, type RowReader, rowReader } from './line';
import type { OrderLayout } from './order-layout';
import { createReadings, type ReadingNames, type Readings } from './readings';
import type { Staging } from './staging';

export interface StageOptions extends ColumnOptions, RowOptions {
  /** path of a CSV file, also compressed with gzip or xz; `-` is standard input */
  file: string;
  delimiter?: string;
  encoding?: Encoding;
  layout?: OrderLayout;
}

export interface StageEnvironment {
  stdin?: Readable;
  signal?: AbortSignal;
  onRows?: (rows: number) => void;
}

/** A file whose rows are in the staging tables. */
export interface StagedFile {
  header: string[];
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
  const { file, delimiter, encoding } = options;
  const batches = readRows(toUtf8(readSource(file, stdin), encoding), { delimiter });
  let staged: StagedFile | undefined;
  const versions = new Set<number>();
  for await (const batch of batches) {
    const rows = staged === undefined ? batch.slice(1) : batch;
    staged ??= openFile(batch[0], options, timeZone);
    const { reader, readings } = staged;
    for (const { row, cells } of rows) reader.observe(row, cells);
    versions.add(readings.version());
    await addRows(staged, rows, staging);
    onRows?.(staged.rows);
    if (signal?.aborted) return staged;
  }
  if (staged === undefined)
    throw new InputError(`${file === '-' ? 'Standard input' : file} is empty: it has no header`);
  staged.warnings.push(...nullWarnings(staged.reader.suspicious));
  staged.names = staged.readings.decide();
  versions.add(staged.readings.version());
  if (versions.size > 1) await staging.readAgain(staged.reader.read);
  return staged;
}

async function addRows(staged: StagedFile, rows: readonly CsvRow[], staging: Staging): Promise<void> {
  const read = rows.map(({ cells }) => staged.reader.read(cells));
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

function openFile(first: CsvRow | undefined, options: StageOptions, timeZone: string): StagedFile {
  const header = (first?.cells ?? []).map((name) => name.trim());
  const { layout } = options;
  const columns = resolveColumns(header, options, layout);
  const readings = createReadings(columns, timeZone);
  const reader = rowReader(columns, readings, options);
  return {
    header,
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
