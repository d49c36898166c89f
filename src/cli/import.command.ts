import { Command, InvalidArgumentError, Option } from 'commander';
import type { QuoteMode } from '../ingest/files/csv-parser';
import type { Encoding } from '../ingest/files/encoding';
import type { Runtime } from '../runtime/runtime';
import { CliError, ExitCode } from './errors';
import { layoutsCommand } from './import/layouts.command';
import { count } from './import/table';
import type { Progress } from './progress';
import { withRuntime } from './with-runtime';

interface ImportCommandOptions {
  map?: Record<string, string>;
  default?: Record<string, string>;
  creditNotePrefix?: string;
  partialOrders?: boolean;
  sameOrderDays?: number;
  null?: string[];
  pricesIncludeTax?: boolean;
  negativeLines?: 'refuse' | 'discount';
  layout?: string;
  zeroPriceReturns?: boolean;
  rejects?: string;
  delimiter?: string;
  quote: QuoteMode;
  sheet?: string;
  headerRow?: number;
  encoding: Encoding;
  dateFormat: string;
  decimal: 'auto' | 'point' | 'comma';
  timeZone?: string;
  reportingCurrency?: string;
  concurrency: number;
  dryRun?: boolean;
  json?: boolean;
}

/** `tidemark import orders FILE`: places past orders, by the same commands as the API. */
export function importCommand(): Command {
  const orders = new Command('orders')
    .summary('import orders and credit notes from a CSV file or a workbook')
    .description(
      'Imports order lines from a CSV file or a workbook (.xlsx), also compressed (gzip, xz), or from ' +
        'standard input (-). ' +
        'Lines are grouped by order id over the whole file. Importing a file twice adds nothing; ' +
        'an import that was stopped goes on where it was.',
    )
    .argument('<file>', 'CSV file or workbook (.xlsx) with a header; - is standard input')
    .option(
      '--layout <name>',
      'how the file is read: a layout, a YAML file of your own, or none; default: told by its header',
    )
    .option('--map <field=Header>', 'the column that a field comes from (repeatable)', pair)
    .option(
      '--default <field=value>',
      'value where the column is missing or the cell empty (repeatable)',
      pair,
      {},
    )
    .option('--credit-note-prefix <text>', 'an order id that begins with this is a credit note')
    .option('--partial-orders', 'import an order without the rows that cannot be used; default: leave it out')
    .option('--same-order-days <n>', 'by how many days the rows of one order may differ (1)', days)
    .option('--null <texts>', 'cells that stand for nothing, such as NULL,N/A,-', texts)
    .option('--prices-include-tax', 'prices, discounts and shipping have the tax in them')
    .addOption(
      new Option('--negative-lines <what>', 'what a row with a price below zero is').choices([
        'refuse',
        'discount',
      ]),
    )
    .option('--zero-price-returns', 'negative quantities at price 0 are a return; default: left out')
    .option('--rejects <file>', 'write the rejected rows there, with their numbers and reasons')
    .option('--dry-run', 'report what would be imported, and import nothing')
    .option('--delimiter <character>', 'what separates the cells; tab for a tab; auto finds it', delimiter)
    .addOption(
      new Option('--quote <mode>', 'what a quote at the beginning of a cell means')
        .choices(['auto', 'none', '"'])
        .default('auto'),
    )
    .option('--sheet <name>', 'of a workbook; default: the first one')
    .option('--header-row <n>', 'row of the header, where it is not found', headerRow)
    .addOption(
      new Option('--encoding <name>', 'of the text; a byte order mark tells it anyway')
        .choices(['utf-8', 'latin1', 'windows-1252', 'utf-16le', 'utf-16be'])
        .default('utf-8'),
    )
    .option(
      '--date-format <format>',
      'of times: auto (found), iso, excel, unix, unix-ms or as M/D/YYYY',
      'auto',
    )
    .addOption(
      new Option('--decimal <what>', 'what stands before the decimals; auto finds it')
        .choices(['auto', 'point', 'comma'])
        .default('auto'),
    )
    .option('--time-zone <name>', "IANA zone of times that name none; default: the store's")
    .option('--reporting-currency <code>', 'of a new store: the currency that its totals count in')
    .option('--concurrency <n>', 'most commands at once', concurrency, 256)
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nFields: order_id, ordered_at, country, currency, product_id, product_name, category, unit_price, ' +
        'quantity (required);\n' +
        'customer_id (none: a guest), region, discount or discount_rate (0 to 1), shipping, tax, ' +
        'exchange_rate,\n' +
        'line_total or line_subtotal (for unit_price), order_discount, order_total, line_shipping,\n' +
        'line_tax and others.\n' +
        'A column of that name is found in any case, with blanks or hyphens for underscores.\n\n' +
        'An order whose quantities are all negative is a credit note. Rows are numbered as in a ' +
        'spreadsheet: the header is 1.\n' +
        'What is said once per order (customer, country, shipping, tax ...) is taken from the first row ' +
        'that says it.\n' +
        'An order with a row that cannot be used is left out as a whole.',
    )
    .action(run);
  return new Command('import')
    .description('Brings data in from files.')
    .addCommand(orders)
    .addCommand(layoutsCommand());
}

async function run(file: string, options: ImportCommandOptions): Promise<void> {
  const [
    { importOrders },
    { InputError },
    { isTimeZone },
    { createProgress },
    { printJson },
    { describePlan },
    { describeReport },
  ] = await Promise.all([
    import('../ingest/orders/import-orders.js'),
    import('../ingest/input-error.js'),
    import('../domain/calendar.js'),
    import('./progress.js'),
    import('./output.js'),
    import('./import/plan-text.js'),
    import('./import/report-text.js'),
  ]);
  if (options.timeZone !== undefined && !isTimeZone(options.timeZone))
    throw new CliError(
      `--time-zone ${options.timeZone}: give an IANA name such as Europe/Berlin.`,
      ExitCode.usage,
    );

  const work = async ({ config, pool, store }: Runtime, signal: AbortSignal) => {
    const reading = createProgress({ label: 'Reading', unit: 'rows' });
    let importing: Progress | undefined;
    let rows = 0;
    let grouped = 0;
    let documents = 0;
    const imported = await importOrders(
      {
        ...options,
        file,
        defaults: options.default,
        nulls: options.null,
        decimal: options.decimal === 'auto' ? undefined : options.decimal,
        negativeLinesAreDiscounts: options.negativeLines && options.negativeLines === 'discount',
      },
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
          grouped = total;
          reading.done(`Read ${count(rows)} rows with ${count(total)} orders and credit notes`);
        },
        onPlan(plan) {
          // Before anything is imported: who sees a wrong column can still stop it.
          (options.json ? process.stderr : process.stdout).write(`${describePlan(plan)}\n`);
          const label = options.dryRun ? 'Checking' : 'Importing';
          importing = createProgress({ label, unit: 'documents', total: grouped });
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
  else process.stdout.write(describeReport(report, options.rejects));
  if (report.interrupted)
    throw new CliError(
      'Stopped before the end. The same command goes on where it was.',
      ExitCode.interrupted,
    );
  if (report.rejected.rows > 0) process.exitCode = ExitCode.rejected;
}

/** @param previous what Commander has collected so far */
function pair(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const separator = text.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError('Give it as field=value.');
  const field = text.slice(0, separator).trim();
  if (Object.hasOwn(previous, field)) throw new InvalidArgumentError(`${field} was given before.`);
  return { ...previous, [field]: text.slice(separator + 1) };
}

function days(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('Give a whole number of days.');
  return number;
}

const texts = (list: string): string[] => list.split(',').filter((text) => text.trim() !== '');

function delimiter(text: string): string | undefined {
  if (text === 'auto') return undefined;
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  if (character.length !== 1 || /["\r\n]/.test(character))
    throw new InvalidArgumentError('Give one character, tab or auto.');
  return character;
}

function headerRow(text: string): number {
  const row = Number(text);
  if (!Number.isInteger(row) || row < 1 || row > 1_000)
    throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
  return row;
}

function concurrency(text: string): number {
  const tasks = Number(text);
  if (!Number.isInteger(tasks) || tasks < 1 || tasks > 10_000)
    throw new InvalidArgumentError('Give a whole number from 1 to 10000.');
  return tasks;
}
