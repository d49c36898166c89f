import type { Readable } from 'node:stream';
import type { Pool } from 'pg';
import { type CommandContext, createCommandContext } from '../../commands';
import type { Table } from '../files/table';
import { InputError } from '../input-error';
import { orderAppends } from './append-order';
import { withoutAppends } from './dry-run';
import { lifeReader } from './order-life';
import { defaultsSaid } from './order-said';
import { isDocumentStream } from './place';
import type { ImportPlan } from './plan';
import { createRejectsFile } from './rejects-file';
import { type ImportReport, ImportTally } from './report';
import {
  currencyOfFile,
  type KnownSettings,
  type SettingsOptions,
  settingsOfImport,
} from './settings-of-import';
import { type StagedFile, type StageOptions, stage } from './stage';
import { Staging } from './staging';
import type { SubmitRules } from './submit';
import { type OrderedContexts, submitDocuments } from './submit-documents';
import type { UsedLayout } from './use-layout';

export interface ImportOptions extends StageOptions, SettingsOptions {
  /** a document whose id begins with this is a credit note; '' for none */
  creditNotePrefix?: string;
  /** a document is imported without the rows that cannot be used; default: it is left out as a whole */
  partialOrders?: boolean;
  /** by how many days the rows of one order may differ; default 1 */
  sameOrderDays?: number;
  /** prices, discounts and shipping have the tax in them */
  pricesIncludeTax?: boolean;
  /** a document of negative quantities at price 0 is a credit note; default: it is left out */
  zeroPriceReturns?: boolean;
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
  /** how the file is read: told before anything is imported */
  onPlan?: (plan: ImportPlan) => void;
  /** how many documents are done */
  onDocuments?: (done: number) => void;
}

const DEFAULT_CONCURRENCY = 256;
const DEFAULT_SAME_ORDER_DAYS = 1;

/**
 * Imports a file of order lines: runs the command of each order and credit note, in the order of their times.
 * A document is imported as a whole, or left out. The whole file is read before the first command, so a file
 * that cannot be read imports nothing. An import may be stopped and run again.
 * @throws InputError when the file or an option cannot be used; what the store throws when it is away
 */
export async function importOrders(
  options: ImportOptions,
  environment: ImportEnvironment,
): Promise<ImportReport> {
  const startedAt = performance.now();
  const { file: input, rejects } = options;
  const rejectsFile = rejects === undefined ? undefined : await createRejectsFile(rejects, input);
  try {
    const staging = await Staging.open(environment.pool, { whole: !options.partialOrders });
    try {
      const { table, report } = await importStaged(options, environment, staging);
      const outcome = await rejectsFile?.write(table, staging.rejects(), report);
      const seconds = Math.round(performance.now() - startedAt) / 1000;
      return { ...report, ...(outcome === undefined ? {} : { rejectsFile: outcome }), seconds };
    } finally {
      staging.close();
    }
  } finally {
    await rejectsFile?.close();
  }
}

async function importStaged(
  given: ImportOptions,
  environment: ImportEnvironment,
  staging: Staging,
): Promise<{ table: Table; report: Omit<ImportReport, 'seconds'> }> {
  const { store, settings } = environment;
  const known = await settingsOfImport(store, given, settings);
  // Nobody can say of what part of an order a discount was.
  const negativeLinesAreDiscounts =
    given.negativeLinesAreDiscounts ?? (given.partialOrders ? false : undefined);
  const staged = { ...given, negativeLinesAreDiscounts };
  const file = await stage(staged, known.timeZone.name, staging, environment);
  const options: ImportOptions = { ...given, ...file.options };
  const defaults = defaultsOf(file);
  const complete = file.names !== undefined;
  const documents = complete ? await staging.group(options.creditNotePrefix ?? '', defaults.orderedAt) : 0;
  const plan = planOf(file, known, complete ? await currenciesOf(file, staging) : new Set());
  if (complete) {
    environment.onGrouped?.(documents);
    environment.onPlan?.(plan);
  }
  const timeZone = known.timeZone.name;
  const tally = new ImportTally(timeZone);
  const rules: SubmitRules = {
    timeZone,
    defaults: defaults.said,
    partial: options.partialOrders ?? false,
    dryRun: options.dryRun,
    sameOrderDays: options.sameOrderDays ?? DEFAULT_SAME_ORDER_DAYS,
    pricesIncludeTax: options.pricesIncludeTax,
    zeroPriceReturns: options.zeroPriceReturns,
  };
  const done = await submitDocuments({
    staging,
    readRow: file.reader.read,
    readLife: lifeReader(file.columns, file.readings, file.layout),
    contexts: contextsOf(options, environment, plan),
    rules,
    tally,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    signal: environment.signal,
    onDone: (count) => environment.onDocuments?.(count),
  });
  const reasons = await staging.countReasons();
  return {
    table: file.table,
    report: {
      dryRun: options.dryRun ?? false,
      interrupted: !complete || done < documents,
      plan,
      rows: file.rows,
      documents,
      orders: tally.orders,
      creditNotes: tally.creditNotes,
      lines: tally.lines,
      alreadyThere: tally.alreadyThere,
      steps: tally.steps,
      refunds: tally.refunds,
      notSold: tally.notSold(),
      skipped: [...file.skipped].map(([reason, rows]) => ({ reason, rows })),
      leftOut: tally.leftOut,
      partial: tally.partial,
      rejected: { rows: await staging.countRejects(), reasons },
      gross: tally.gross(),
      money: tally.byCurrency(),
      ...(options.dryRun ? { preview: tally.preview() } : {}),
    },
  };
}

function defaultsOf({ columns, readings }: StagedFile) {
  const { said, reason } = defaultsSaid(columns, readings);
  if (reason !== undefined)
    throw new InputError(
      `--default ${reason.label}${reason.detail === undefined ? '' : `: ${reason.detail}`}`,
    );
  const text = columns.defaultOf('ordered_at');
  const orderedAt = text === '' ? undefined : readings.time(text);
  if (text !== '' && orderedAt === undefined)
    throw new InputError(`--default ordered_at cannot be read as a time: ${JSON.stringify(text)}`);
  return { said, orderedAt };
}

/** The currencies of the file's documents. A default is one of them where a document names none. */
async function currenciesOf(file: StagedFile, staging: Staging): Promise<Set<string>> {
  const { columns, currencies, lacksCurrency, reader } = file;
  const standard = columns.defaultOf('currency').toUpperCase();
  if (!lacksCurrency || standard === '' || currencies.has(standard)) return currencies;
  if (currencies.size === 0) return new Set([standard]);
  for await (const { rows } of staging.documents())
    if (rows.every(({ cells }) => !reader.read(cells).said?.currency))
      return new Set([...currencies, standard]);
  return currencies;
}

function planOf(
  { table, layout, columns, names, warnings, timeZone }: StagedFile,
  known: KnownSettings,
  currencies: ReadonlySet<string>,
): ImportPlan {
  const told = layout === undefined ? null : layoutOf(layout);
  return {
    layout: told,
    form: table.notes(),
    columns: columns.sources,
    ignoredColumns: columns.unused.filter((name) => !told?.statuses.includes(name)),
    times: names?.times ?? '',
    numbers: names?.numbers ?? '',
    timeZone: timeZone === undefined ? known.timeZone : { name: timeZone, from: 'layout' },
    reportingCurrency: known.reportingCurrency ?? currencyOfFile(currencies),
    warnings,
  };
}

const layoutOf = ({ layout, detected, statuses }: UsedLayout) => ({
  name: layout.name,
  title: layout.title,
  notes: [...layout.notes],
  statuses: statuses.map(({ rule }) => rule.column),
  detected,
});

function contextsOf(
  { dryRun }: ImportOptions,
  { store, settings }: ImportEnvironment,
  { reportingCurrency }: ImportPlan,
): OrderedContexts {
  const { store: ordered, expect } = orderAppends(dryRun ? withoutAppends(store) : store);
  const named = reportingCurrency === null ? {} : { reportingCurrency: reportingCurrency.code };
  return {
    real: createCommandContext({ ...settings, ...named, store: ordered }),
    blank: createCommandContext({ ...settings, ...named, store: withoutAppends(store, isDocumentStream) }),
    expect,
  };
}
