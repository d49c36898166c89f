import { Command } from 'commander';
import type { EventStore } from '../event-store/event-store';
import type { Rebuilt } from '../projections/rebuild/rebuild';
import type { RebuildOptions } from '../projections/rebuild/rebuild-options';
import { CliError } from './errors';
import { parseInstant } from './parse';
import { withRuntime } from './with-runtime';

type Until = NonNullable<RebuildOptions['until']>;

interface ReplayOptions {
  all?: boolean;
  until?: string;
  verify?: boolean;
  switch: boolean;
  park?: boolean;
  batchSize: string;
  json?: boolean;
}

/** `tidemark replay`: rebuilds read models from the log while they stay in use. */
export function replayCommand(): Command {
  return new Command('replay')
    .summary('rebuild read models from the log')
    .description(
      'Builds the next generation of read models from the log, beside the ones in use, ' +
        'and switches to it in one\n' +
        'transaction. Orders may keep coming. A replay that was interrupted goes on where it was.',
    )
    .argument('[names...]', 'projections to rebuild')
    .option('--all', 'rebuild every projection, from one reading of the log')
    .option(
      '--until <position|time>',
      'stop there (a position, or what was recorded by a time such as 2026-01-31T12:00Z) ' +
        'and leave the result aside',
    )
    .option(
      '--verify',
      'hold the result against the one in use; where they differ, do not switch and exit with 1',
    )
    .option('--no-switch', 'leave the result aside; see `tidemark projections switch NAME`')
    .option('--park', 'park events that a projection refuses instead of stopping at the first')
    .option('--batch-size <events>', 'events a transaction', '20000')
    .option('--json', 'report as JSON')
    .action(run);
}

async function run(names: string[], options: ReplayOptions): Promise<void> {
  if (names.length === 0 && !options.all)
    throw new CliError('Name the projections to rebuild, or give --all.', 2);
  if (names.length > 0 && options.all) throw new CliError('Give either names or --all, not both.', 2);
  const batchSize = Number(options.batchSize);
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 100_000) {
    throw new CliError(`--batch-size ${options.batchSize}: give a whole number from 1 to 100000.`, 2);
  }
  const until = options.until === undefined ? undefined : parseUntil(options.until);
  const [{ projections, projectionsNamed }, { rebuild }, { createProgress }, { printJson, printTable }] =
    await Promise.all([
      import('../projections/read-models/catalogue.js'),
      import('../projections/rebuild/rebuild.js'),
      import('./progress.js'),
      import('./output.js'),
    ]);
  const chosen = options.all ? projections : projectionsNamed(names);

  await withRuntime('replay', async ({ databaseUrl, pool, store }, signal) => {
    const label = `replaying ${chosen.map(({ name }) => name).join(', ')}`;
    const total = await store.countAfter(null);
    const bar = createProgress({ label, total, unit: 'events' });
    const startedAt = Date.now();
    let read = 0;
    const results = await rebuild({
      databaseUrl,
      pool,
      store,
      projections: chosen,
      until: until && (await inStore(until, store)),
      verify: options.verify,
      switch: options.switch,
      park: options.park,
      batchSize,
      signal,
      onProgress: ({ phase, done }) => {
        read = done;
        bar.update(done, phase === 'reading' ? undefined : phase);
      },
    });
    const seconds = (Date.now() - startedAt) / 1000;
    bar.done(
      `read ${read.toLocaleString('en')} events in ${seconds.toFixed(1)} s ` +
        `(${Math.round(read / Math.max(seconds, 0.001)).toLocaleString('en')}/s)`,
    );
    if (options.json) printJson({ events: read, seconds, projections: results });
    else printTable(results.map(toRow));
    reportDifferences(results);
  });
}

/** Adds the leading zeros of a position, which people leave out and whose number depends on the store. */
async function inStore(until: Until, store: EventStore): Promise<Until> {
  if (!('position' in until)) return until;
  const digits = (await store.head())?.position.length ?? 0;
  return { position: until.position.padStart(digits, '0') };
}

function parseUntil(text: string): Until {
  if (/^\d{1,20}$/.test(text)) return { position: text };
  return { recordedAt: parseInstant(text, '--until') };
}

const toRow = ({ projection, generation, schema, position, resumed, switched, comparison }: Rebuilt) => ({
  projection,
  generation,
  schema,
  position,
  resumed: resumed ? 'yes' : 'no',
  verified: comparison ? (comparison.equal ? 'equal' : 'DIFFERENT') : '-',
  switched: switched ? 'yes' : 'no',
});

function reportDifferences(results: Rebuilt[]): void {
  const different = results.filter(({ comparison }) => comparison?.equal === false);
  if (different.length === 0) return;
  const names = different.map(({ projection, generation }) => `${projection} (generation ${generation})`);
  throw new CliError(
    `Not switched, because the rebuilt rows differ from those in use: ${names.join(', ')}. ` +
      'See `tidemark projections diff NAME` for the tables and rows.',
    1,
  );
}
