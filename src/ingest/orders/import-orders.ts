import type { Readable } from 'node:stream';
import type { Pool } from 'pg';
import { type CommandContext, createCommandContext } from '../../commands';
import { type ColumnOptions, type Columns, resolveColumns } from '../columns/columns';
import { type Encoding, toUtf8 } from '../files/encoding';
import { type CsvRow, readRows } from '../files/rows';
import { readSource } from '../files/source';
import { InputError } from '../input-error';
import { timestampReader } from '../values/iso-times';
import { orderAppends } from './append-order';
import { withoutAppends } from './dry-run';
import { type ReadRow, rowReader } from './line';
import { createRejectsFile } from './rejects-file';
import { type ImportReport, ImportTally } from './report';
import { Staging } from './staging';
import { isDocumentStream, type OrderedContexts, submitDocuments } from './submit-documents';

export interface ImportOptions extends ColumnOptions {
  /** path of a CSV file, also compressed with gzip or xz; `-` is standard input */
  file: string;
  /** a document whose id begins with this is a credit note; '' for none */
  creditNotePrefix?: string;
  delimiter?: string;
  encoding?: Encoding;
  /** IANA name: the zone of times that name none; default UTC */
  timeZone?: string;
  /** path of a file for the rejected rows */
  rejects?: string;
  dryRun?: boolean;
  /** most commands at once; default 256 */
  concurrency?: number;
}

export interface ImportEnvironment {
  /** where the temporary tables are, in one session */
  pool: Pool;
  store: CommandContext['store'];
  /** for a store without settings, as `createCommandContext` takes them */
  settings?: { reportingCurrency?: string; timeZone?: string };
  signal?: AbortSignal;
  stdin?: Readable;
  onRows?: (rows: number) => void;
  /** the file was read, and has this many orders and credit notes */
  onGrouped?: (documents: number) => void;
  /** how many of them are done */
  onDocuments?: (done: number) => void;
}

const DEFAULT_CONCURRENCY = 256;

/**
 * Imports a file of order lines: runs the command of each order and credit note, in the order of their times.
 * The whole file is read before the first command, so a file that cannot be read imports nothing. An import
 * may be stopped and run again.
 * @throws InputError when the file or an option cannot be used; what the store throws when it is away
 */
export async function importOrders(
  options: ImportOptions,
  environment: ImportEnvironment,
): Promise<ImportReport> {
  const startedAt = performance.now();
  const rejectsFile = options.rejects === undefined ? undefined : await createRejectsFile(options.rejects);
  try {
    const staging = await Staging.open(environment.pool);
    try {
      const file = await stage(options, environment, staging);
      const documents = file.complete ? await staging.group(options.creditNotePrefix ?? '') : 0;
      const tally = new ImportTally();
      if (file.complete) environment.onGrouped?.(documents);
      const done = await submitDocuments({
        documents: staging.documents(),
        readRow: file.readRow,
        contexts: contextsOf(options, environment),
        reject: (rows) => staging.reject(rows),
        tally,
        concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
        signal: environment.signal,
        onDone: (count) => environment.onDocuments?.(count),
      });
      const reasons = await staging.countRejects();
      await rejectsFile?.write(file.header, staging.rejects());
      return {
        dryRun: options.dryRun ?? false,
        interrupted: !file.complete || done < documents,
        rows: file.rows,
        documents,
        orders: tally.orders,
        creditNotes: tally.creditNotes,
        lines: tally.lines,
        alreadyThere: tally.alreadyThere,
        rejected: { rows: reasons.reduce((sum, { rows }) => sum + rows, 0), reasons },
        differing: tally.differing,
        gross: tally.gross(),
        ignoredColumns: file.columns.unused,
        seconds: Math.round(performance.now() - startedAt) / 1000,
      };
    } finally {
      staging.close();
    }
  } finally {
    await rejectsFile?.close();
  }
}

interface StagedFile {
  header: string[];
  columns: Columns;
  rows: number;
  /** whether the file was read to its end */
  complete: boolean;
  readRow: (cells: readonly string[]) => ReadRow;
}

/** Reads the file into the staging tables. */
async function stage(
  options: ImportOptions,
  { stdin, signal, onRows }: ImportEnvironment,
  staging: Staging,
): Promise<StagedFile> {
  const { file, delimiter, encoding, timeZone } = options;
  const batches = readRows(toUtf8(readSource(file, stdin), encoding), { delimiter });
  let staged: StagedFile | undefined;
  for await (const batch of batches) {
    const rows = staged === undefined ? batch.slice(1) : batch;
    staged ??= openFile(batch[0], options, timestampReader(timeZone));
    const { readRow } = staged;
    await staging.add(
      rows,
      rows.map(({ cells }) => readRow(cells)),
    );
    staged.rows += rows.length;
    onRows?.(staged.rows);
    if (signal?.aborted) return staged;
  }
  if (staged === undefined)
    throw new InputError(`${file === '-' ? 'Standard input' : file} is empty: it has no header`);
  staged.complete = true;
  return staged;
}

function openFile(
  first: CsvRow | undefined,
  options: ImportOptions,
  parseTime: (text: string) => number | undefined,
): StagedFile {
  const header = (first?.cells ?? []).map((name) => name.trim());
  const columns = resolveColumns(header, options);
  return { header, columns, rows: 0, complete: false, readRow: rowReader(columns, parseTime) };
}

function contextsOf({ dryRun }: ImportOptions, { store, settings }: ImportEnvironment): OrderedContexts {
  const { store: ordered, expect } = orderAppends(dryRun ? withoutAppends(store) : store);
  return {
    real: createCommandContext({ ...settings, store: ordered }),
    blank: createCommandContext({ ...settings, store: withoutAppends(store, isDocumentStream) }),
    expect,
  };
}
