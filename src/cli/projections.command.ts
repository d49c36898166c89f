import { Command } from 'commander';
import { pause } from '../concurrency/pause';
import type { ProjectionStatus } from '../projections/progress/status';
import type { Comparison } from '../projections/rebuild/compare-generations';
import { CliError } from './errors';
import { formatTable, printJson, printTable } from './output';
import { deadLetters, retry, skip } from './projections/dead-letters';
import { named } from './projections/named';
import { withRuntime } from './with-runtime';

interface Options {
  json?: boolean;
  watch?: boolean;
  interval?: string;
  generation?: string;
}

/** `tidemark projections`: shows the read models, and switches between their generations. */
export function projectionsCommand(): Command {
  const group = new Command('projections').summary(
    'status, diff, switch, rollback, retry and skip of read models',
  );
  group
    .command('status')
    .summary('how far every generation has read the log')
    .option('--json', 'as JSON')
    .option('--watch', 'again and again, until Ctrl-C')
    .option('--interval <seconds>', 'with --watch', '1')
    .action(status);
  withName(group, 'diff', 'compare another generation with the one in use, at the same position')
    .option('--generation <n>', 'default: the newest that is not in use')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 1 when they differ.')
    .action(diff);
  withName(group, 'switch', 'put a generation that was left aside (replay --no-switch, --until) into use')
    .option('--generation <n>', 'default: the newest that was left aside')
    .option('--json', 'as JSON')
    .action((name, options) => switchGeneration(name, options, ['ready']));
  withName(group, 'rollback', 'go back to the generation that was in use before')
    .option('--json', 'as JSON')
    .action((name, options) => switchGeneration(name, options, ['retired']));
  withName(
    group,
    'dead-letters',
    'list events that a projection could not take: parked ones, then those that were skipped',
  )
    .option('--stream <stream>', 'of this stream only')
    .option('--json', 'as JSON, with payloads')
    .action(deadLetters);
  withName(group, 'retry', 're-drive parked events')
    .option('--stream <stream>', 'of this stream only')
    .option('--json', 'as JSON')
    .action(retry);
  withName(group, 'skip', 'give up the event that parks a stream, for ever')
    .description(
      'Gives up the event that parks a stream, one that can never be applied: neither this read model nor ' +
        'any later build of it counts that event. It is listed by dead-letters and counted by status for ' +
        'ever. What waits behind it is applied, up to the next event that is refused.',
    )
    .argument('<stream>', 'such as order-42; see `tidemark projections dead-letters NAME`')
    .requiredOption('--reason <text>', 'why, for those who read the list later')
    .option('--json', 'as JSON')
    .action(skip);
  withName(group, 'drop', 'drop a generation that is not in use')
    .requiredOption('--generation <n>', 'which')
    .action(drop);
  return group;
}

function withName(group: Command, name: string, summary: string): Command {
  return group.command(name).summary(summary).description(summary).argument('<name>', 'the projection');
}

async function status({ json, watch, interval }: Options): Promise<void> {
  const seconds = Number(interval);
  if (!(seconds > 0)) throw new CliError(`--interval ${interval}: give a number of seconds above zero.`, 2);
  const { projectionStatus } = await import('../projections/progress/status.js');
  await withRuntime('projections status', async ({ pool, store }, signal) => {
    const show = async (clear: boolean) => {
      const rows = await projectionStatus(pool, store);
      if (json) return printJson(rows);
      process.stdout.write(`${clear ? '\x1b[H\x1b[2J' : ''}${formatTable(rows.map(toRow))}`);
      if (rows.length === 0)
        process.stdout.write('No projection has been built yet: run `tidemark start`.\n');
    };
    await show(false);
    while (watch && !signal.aborted) {
      await pause(seconds * 1000, signal);
      if (!signal.aborted) await show(process.stdout.isTTY === true);
    }
  });
}

const toRow = ({ position, ...rest }: ProjectionStatus) => ({
  ...rest,
  lagSeconds: rest.lagSeconds.toFixed(1),
  position: position || '-',
});

async function diff(name: string, { generation, json }: Options): Promise<void> {
  const projection = await named(name);
  const [{ chooseGeneration }, { compareGeneration }] = await Promise.all([
    import('../projections/rebuild/open-generation.js'),
    import('../projections/rebuild/compare-generations.js'),
  ]);
  const wanted = toGeneration(generation);
  const comparison = await withRuntime('projections diff', async (runtime) => {
    const target = await chooseGeneration(runtime.pool, projection, ['ready', 'retired'], wanted);
    return compareGeneration(runtime, projection, target);
  });
  if (json) printJson(comparison);
  else printComparison(comparison);
  if (!comparison.equal) {
    throw new CliError(
      `${name}: generation ${comparison.generation} differs from generation ${comparison.published}.`,
      1,
    );
  }
}

function printComparison({ position, published, generation, tables }: Comparison): void {
  process.stdout.write(`At position ${position}, generation ${generation} against ${published} (in use):\n`);
  printTable(
    tables.map(({ table, equal, publishedRows, rows }) => ({
      table,
      result: equal ? 'equal' : 'DIFFERENT',
      'rows in use': publishedRows,
      rows,
    })),
  );
  for (const { table, onlyPublished, onlyThis } of tables) {
    for (const row of onlyPublished)
      process.stdout.write(`${table}, only in generation ${published}: ${JSON.stringify(row)}\n`);
    for (const row of onlyThis)
      process.stdout.write(`${table}, only in generation ${generation}: ${JSON.stringify(row)}\n`);
  }
}

async function switchGeneration(
  name: string,
  { generation, json }: Options,
  statuses: Array<'ready' | 'retired'>,
): Promise<void> {
  const projection = await named(name);
  const [{ chooseGeneration }, switching] = await Promise.all([
    import('../projections/rebuild/open-generation.js'),
    import('../projections/rebuild/switch-generation.js'),
  ]);
  const wanted = toGeneration(generation);
  const published = await withRuntime('projections switch', async (runtime) => {
    const target = await chooseGeneration(runtime.pool, projection, statuses, wanted);
    return switching.switchGeneration(runtime, projection, target);
  });
  const { generation: now, position } = published;
  if (json) printJson({ projection: name, generation: now, position });
  else
    process.stdout.write(
      `${name}: generation ${now} is in use now, at position ${position || 'the start'}.\n`,
    );
}

async function drop(name: string, { generation }: Options): Promise<void> {
  const projection = await named(name);
  const { dropUnpublished } = await import('../projections/rebuild/drop-generations.js');
  const which = toGeneration(generation) as number;
  await withRuntime('projections drop', ({ pool }) => dropUnpublished(pool, projection, which));
  process.stdout.write(`${name}: generation ${which} is dropped.\n`);
}

function toGeneration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const generation = Number(text);
  if (!Number.isInteger(generation) || generation < 1)
    throw new CliError(
      `--generation ${text}: give its number, as \`tidemark projections status\` shows it.`,
      2,
    );
  return generation;
}
