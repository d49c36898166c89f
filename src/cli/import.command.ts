import { Command, InvalidArgumentError, Option } from 'commander';
import type { Encoding } from '../ingest/files/encoding';
import type { ImportReport } from '../ingest/orders/report';
import type { Runtime } from '../runtime/runtime';
import { CliError, ExitCode } from './errors';
import type { Progress } from './progress';
import { withRuntime } from './with-runtime';

interface ImportCommandOptions {
  map?: Record<string, string>;
  default?: Record<string, string>;
  creditNotePrefix?: string;
  rejects?: string;
  delimiter: string;
  encoding: Encoding;
  timeZone: string;
  concurrency: number;
  dryRun?: boolean;
  json?: boolean;
}

/** `tidemark import orders FILE`: places past orders, by the same commands as the API. */
export function importCommand(): Command {
  const orders = new Command('orders')
    .summary('import orders and credit notes from a CSV file')
    .description(
      'Imports order lines from a CSV file, also compressed (gzip, xz), or from standard input (-). ' +
        'Lines are grouped by order id over the whole file. Importing a file twice adds nothing; ' +
        'an import that was stopped goes on where it was.',
    )
    .argument('<file>', 'CSV file with a header; - is standard input')
    .option('--map <field=Header>', 'the column that a field comes from (repeatable)', pair)
    .option(
      '--default <field=value>',
      'value where the column is missing or the cell empty (repeatable)',
      pair,
      {},
    )
    .option('--credit-note-prefix <text>', 'an order id that begins with this is a credit note')
    .option('--rejects <file>', 'write the rejected rows there, with their numbers and reasons')
    .option('--dry-run', 'report what would be imported, and import nothing')
    .option('--delimiter <character>', 'what separates the cells; tab for a tab', delimiter, ',')
    .addOption(
      new Option('--encoding <name>', 'of the text')
        .choices(['utf-8', 'latin1', 'windows-1252', 'utf-16le'])
        .default('utf-8'),
    )
    .option('--time-zone <name>', 'IANA zone of times that name none', 'UTC')
    .option('--concurrency <n>', 'most commands at once', concurrency, 256)
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nFields: order_id, ordered_at, country, currency, product_id, product_name, category, unit_price, ' +
        'quantity (required);\n' +
        'customer_id (none: a guest), region, discount or discount_rate (0 to 1), shipping, tax, ' +
        'exchange_rate.\n' +
        'A column of that name is found in any case, with blanks or hyphens for underscores.\n\n' +
        'An order whose quantities are all negative is a credit note. Rows are numbered as in a ' +
        'spreadsheet: the header is 1.\n' +
        'What is said once per order (customer, country, shipping, tax ...) is taken from its first row.',
    )
    .action(run);
  return new Command('import').description('Brings data in from files.').addCommand(orders);
}

async function run(file: string, options: ImportCommandOptions): Promise<void> {
  const [{ importOrders }, { InputError }, { isTimeZone }, { createProgress }, { printJson }] =
    await Promise.all([
      import('../ingest/orders/import-orders.js'),
      import('../ingest/input-error.js'),
      import('../domain/calendar.js'),
      import('./progress.js'),
      import('./output.js'),
    ]);
  if (!isTimeZone(options.timeZone))
    throw new CliError(
      `--time-zone ${options.timeZone}: give an IANA name such as Europe/Berlin.`,
      ExitCode.usage,
    );

  const work = async ({ config, pool, store }: Runtime, signal: AbortSignal) => {
    const reading = createProgress({ label: 'Reading', unit: 'rows' });
    let importing: Progress | undefined;
    let rows = 0;
    let documents = 0;
    const imported = await importOrders(
      { ...options, file, defaults: options.default },
      {
        pool,
        store,
        settings: { reportingCurrency: config.reportingCurrency, timeZone: config.timeZone },
        signal,
        onRows(count) {
          rows = count;
          reading.update(count);
        },
        onGrouped(total) {
          reading.done(`Read ${count(rows)} rows with ${count(total)} orders and credit notes`);
          const label = options.dryRun ? 'Checking' : 'Importing';
          importing = createProgress({ label, unit: 'documents', total });
        },
        onDocuments(done) {
          documents = done;
          importing?.update(done);
        },
      },
    );
    importing?.done(
      `${options.dryRun ? 'Checked' : 'Imported'} ${count(documents)} of ${count(imported.documents)}`,
    );
    return imported;
  };
  const report = await withRuntime('import', work, { creates: true }).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    throw new CliError(`${error.message}\nNothing was imported.`, ExitCode.usage);
  });

  if (options.json) printJson(report);
  else process.stdout.write(describe(report, options.rejects));
  if (report.interrupted)
    throw new CliError(
      'Stopped before the end. The same command goes on where it was.',
      ExitCode.interrupted,
    );
  if (report.rejected.rows > 0) process.exitCode = ExitCode.rejected;
}

const MOST_REASONS = 10;

/** The report as lines for people. */
function describe(report: ImportReport, rejectsFile: string | undefined): string {
  const { rejected, differing, gross, ignoredColumns } = report;
  const lines: [string, string][] = [
    ['rows', count(report.rows)],
    [report.dryRun ? 'orders (new)' : 'orders', count(report.orders)],
    [report.dryRun ? 'credit notes (new)' : 'credit notes', count(report.creditNotes)],
    ['lines', count(report.lines)],
    ['already there', count(report.alreadyThere)],
    ...gross.map(({ currency, orders, creditNotes }): [string, string] => [
      'gross',
      `${orders} ${currency}, credit notes ${creditNotes} ${currency}`,
    ]),
    ['rejected rows', count(rejected.rows)],
    ...rejected.reasons
      .slice(0, MOST_REASONS)
      .map(({ label, rows, firstRow }): [string, string] => [
        '',
        `${count(rows)} x ${label} (first: row ${firstRow})`,
      ]),
    ...Object.entries(differing).map(([field, documents]): [string, string] => [
      'warning',
      `${count(documents)} documents have rows with different ${field}; the first row counts`,
    ]),
    ...(ignoredColumns.length > 0
      ? [['columns not used', ignoredColumns.join(', ')] as [string, string]]
      : []),
    ['time', `${report.seconds.toFixed(1)} s`],
  ];
  if (rejected.rows > 0 && rejectsFile !== undefined) lines.push(['rejects', rejectsFile]);
  const width = Math.max(...lines.map(([name]) => name.length));
  const title = report.dryRun ? 'Dry run: nothing was imported.\n' : '';
  return title + lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

const count = (n: number): string => n.toLocaleString('en-US');

/** @param previous what Commander has collected so far */
function pair(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const separator = text.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError('Give it as field=value.');
  const field = text.slice(0, separator).trim();
  if (Object.hasOwn(previous, field)) throw new InvalidArgumentError(`${field} was given before.`);
  return { ...previous, [field]: text.slice(separator + 1) };
}

function delimiter(text: string): string {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  if ([...character].length !== 1 || /["\r\n]/.test(character))
    throw new InvalidArgumentError('Give one character, or tab.');
  return character;
}

function concurrency(text: string): number {
  const tasks = Number(text);
  if (!Number.isInteger(tasks) || tasks < 1 || tasks > 10_000)
    throw new InvalidArgumentError('Give a whole number from 1 to 10000.');
  return tasks;
}
