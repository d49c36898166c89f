import { join } from 'node:path';
import { Command } from 'commander';
import type { Dataset } from '../export/dataset';
import type { DatasetStatus } from '../export/exporter/status';
import type { Lake } from '../export/lake';
import type { Runtime } from '../runtime/runtime';
import { CliError, ExitCode } from './errors';
import { printJson, printTable } from './output';
import { parseInstant } from './parse';
import { createProgress } from './progress';
import { withRuntime } from './with-runtime';

const DAY_MS = 86_400_000;

interface Options {
  json?: boolean;
}

/** `tidemark export`: the lake, its tables, and what keeps them in order. */
export function exportCommand(): Command {
  const group = new Command('export').summary('the lake: export, status, snapshots, compaction');
  group
    .command('run')
    .summary('export what the log has now, then end')
    .description(
      'Takes every event that is not in the lake yet there, and ends. `tidemark start` does the same all the time; while it\n' +
        'runs, this command waits for it.',
    )
    .option('--json', 'as JSON')
    .action(run);
  group
    .command('status')
    .summary('position, lag, rows, files and snapshot of every dataset')
    .option('--json', 'as JSON')
    .action(status);
  withDataset(group, 'snapshots', 'list the snapshots of a dataset')
    .option('--json', 'as JSON')
    .action(snapshots);
  withDataset(group, 'rollback', 'make an older snapshot of a dataset the current one')
    .description(
      'Makes an older snapshot the current one, as after another program has spoilt the table. What the log says since\n' +
        'then is exported again by the next run of the exporter.',
    )
    .requiredOption('--snapshot <id>', 'which; see `tidemark export snapshots DATASET`')
    .action(rollback);
  withDatasets(group, 'compact', 'make few large files of many small ones')
    .option('--target-mb <n>', 'size of a file', '128')
    .option('--json', 'as JSON')
    .action(compact);
  withDatasets(group, 'expire', 'forget old snapshots and delete the files that only they have')
    .option('--keep <n>', 'snapshots to keep at least', '10')
    .option('--older-than <days|time>', 'forget those committed before: days ago, or a time', '7')
    .option('--json', 'as JSON')
    .action(expire);
  group
    .command('redrive')
    .summary('try events again that a dataset had refused')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 3 when some are refused still.')
    .action(redrive);
  return group;
}

function withDataset(group: Command, name: string, summary: string): Command {
  return group
    .command(name)
    .summary(summary)
    .description(summary)
    .argument('<dataset>', 'such as order_lines');
}

function withDatasets(group: Command, name: string, summary: string): Command {
  return group.command(name).summary(summary).description(summary).argument('[datasets...]', 'default: all');
}

type OpenLake = { runtime: Runtime; lake: Lake; signal: AbortSignal };

function withLake<T>(name: string, work: (open: OpenLake) => Promise<T>): Promise<T> {
  return withRuntime(`export ${name}`, async (runtime, signal) => {
    const { openLake } = await import('../export/lake.js');
    const lake = await openLake(runtime.config.lake);
    try {
      return await work({ runtime, lake, signal });
    } finally {
      await lake.close();
    }
  });
}

/** @throws CliError when there is no such dataset */
async function datasetsNamed(names: readonly string[]): Promise<readonly Dataset[]> {
  const { datasets } = await import('../export/datasets/catalogue.js');
  if (names.length === 0) return datasets;
  return names.map((name) => {
    const found = datasets.find((dataset) => dataset.name === name);
    if (found) return found;
    const known = datasets.map((dataset) => dataset.name).join(', ');
    throw new CliError(`There is no dataset ${name}. Datasets are: ${known}.`, ExitCode.usage);
  });
}

/** An exporter of this process, while none of another works. */
async function withExporter<T>(
  { runtime, lake, signal }: OpenLake,
  onExported: (events: number, rows: number) => void,
  work: (exporter: import('../export/exporter/exporter').Exporter) => Promise<T>,
): Promise<T> {
  const [{ Exporter }, { testObjectStore }, { AdvisoryLock }, { EXPORTER_LOCK, WORK_FOLDER }] =
    await Promise.all([
      import('../export/exporter/exporter.js'),
      import('../export/object-store/self-test.js'),
      import('../postgres/advisory-lock.js'),
      import('../runtime/exporter-role.js'),
    ]);
  await testObjectStore(lake.store);
  const { databaseUrl, store, config } = runtime;
  const lock = await AdvisoryLock.acquire(databaseUrl, EXPORTER_LOCK, signal);
  signal.throwIfAborted();
  try {
    const exporter = await Exporter.open({
      store,
      catalog: lake,
      workFolder: join(config.dataDir, WORK_FOLDER),
      onExported: ({ events, rows }) => onExported(events, rows),
    });
    try {
      return await work(exporter);
    } finally {
      await exporter.close();
    }
  } finally {
    await lock?.release();
  }
}

async function run({ json }: Options): Promise<void> {
  const { exportStatus } = await import('../export/exporter/status.js');
  await withLake('run', async (open) => {
    const { store } = open.runtime;
    const [{ lagEvents: total }] = (await exportStatus(store, open.lake)) as [DatasetStatus];
    const bar = createProgress({ label: 'exporting', total, unit: 'events' });
    const startedAt = Date.now();
    let [events, rows] = [0, 0];
    const onExported = (moreEvents: number, moreRows: number) => {
      events += moreEvents;
      rows += moreRows;
      bar.update(events);
    };
    await withExporter(open, onExported, (exporter) => exporter.catchUp(open.signal));
    const seconds = (Date.now() - startedAt) / 1000;
    bar.done(
      `exported ${events.toLocaleString('en')} events as ${rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s`,
    );
    open.signal.throwIfAborted();
    if (json) printJson({ events, rows, seconds, datasets: await exportStatus(store, open.lake) });
  });
}

async function status({ json }: Options): Promise<void> {
  const { exportStatus } = await import('../export/exporter/status.js');
  await withLake('status', async ({ runtime, lake }) => {
    const rows = await exportStatus(runtime.store, lake);
    if (json) return printJson(rows);
    process.stdout.write(`Lake: ${lake.store.root}\n\n`);
    printTable(
      rows.map((row) => ({ ...row, position: row.position || '-', lagSeconds: row.lagSeconds.toFixed(1) })),
    );
  });
}

async function snapshots(name: string, { json }: Options): Promise<void> {
  const [dataset] = await datasetsNamed([name]);
  const { listSnapshots } = await import('../export/iceberg/snapshots.js');
  await withLake('snapshots', async ({ lake }) => {
    const found = await listSnapshots(lake, (dataset as Dataset).name);
    if (json)
      return printJson(
        found.map((each) => ({ ...each, committedAt: new Date(each.committedAt).toISOString() })),
      );
    if (found.length === 0) process.stdout.write('No snapshot yet.\n');
    printTable(
      found.map(
        ({
          id,
          committedAt,
          operation,
          cut,
          addedRecords,
          totalRecords,
          totalFiles,
          isCurrent,
          isInHistory,
        }) => ({
          snapshot: String(id),
          committed: new Date(committedAt).toISOString(),
          operation,
          cut,
          added: addedRecords,
          rows: totalRecords,
          files: totalFiles,
          state: isCurrent ? 'current' : isInHistory ? '' : 'rolled back',
        }),
      ),
    );
  });
}

async function rollback(name: string, { snapshot }: { snapshot: string }): Promise<void> {
  if (!/^\d{1,19}$/.test(snapshot))
    throw new CliError(`--snapshot ${snapshot}: give the id of a snapshot.`, ExitCode.usage);
  const [dataset] = await datasetsNamed([name]);
  const { rollbackTable } = await import('../export/iceberg/rollback.js');
  await withLake('rollback', async ({ lake }) => {
    const cut = await rollbackTable(lake, (dataset as Dataset).name, BigInt(snapshot));
    process.stdout.write(
      `${name} is at snapshot ${snapshot} (cut ${cut}). The exporter will add what the log says since then.\n`,
    );
  });
}

async function compact(names: string[], { targetMb, json }: Options & { targetMb: string }): Promise<void> {
  const targetBytes = Number(targetMb) * 1024 * 1024;
  if (!(targetBytes > 0))
    throw new CliError(`--target-mb ${targetMb}: give a number above zero.`, ExitCode.usage);
  const chosen = await datasetsNamed(names);
  const [{ compactTable }, { ParquetWriter }, { openWorkFolder }, { WORK_FOLDER }] = await Promise.all([
    import('../export/compact-table.js'),
    import('../export/parquet/parquet-writer.js'),
    import('../export/exporter/work-folder.js'),
    import('../runtime/exporter-role.js'),
  ]);
  await withLake('compact', async ({ runtime, lake, signal }) => {
    const work = await openWorkFolder(join(runtime.config.dataDir, WORK_FOLDER));
    const parquet = await ParquetWriter.open({ temporaryFolder: join(work.path, 'duckdb') });
    const options = { parquet, workFolder: work.path, targetBytes };
    const bar = createProgress({ label: 'compacting', total: chosen.length, unit: 'datasets' });
    try {
      const results = [];
      for (const dataset of chosen) {
        signal.throwIfAborted();
        results.push({ dataset: dataset.name, ...(await compactTable(lake, dataset, options)) });
        bar.update(results.length);
      }
      bar.done(`compacted ${chosen.length} datasets`);
      report(results, json);
    } finally {
      await parquet.close();
      await work.remove();
    }
  });
}

async function expire(
  names: string[],
  { keep, olderThan, json }: Options & { keep: string; olderThan: string },
): Promise<void> {
  const keepLast = Number(keep);
  if (!Number.isInteger(keepLast) || keepLast < 1)
    throw new CliError(`--keep ${keep}: give a whole number from 1.`, ExitCode.usage);
  const newerThan = /^\d+(\.\d+)?$/.test(olderThan)
    ? Date.now() - Number(olderThan) * DAY_MS
    : parseInstant(olderThan, '--older-than');
  const chosen = await datasetsNamed(names);
  const [{ expireSnapshots }, { deleteOrphans }] = await Promise.all([
    import('../export/iceberg/expire.js'),
    import('../export/iceberg/orphans.js'),
  ]);
  await withLake('expire', async ({ lake, signal }) => {
    const results = [];
    for (const { name } of chosen) {
      signal.throwIfAborted();
      const expired = await expireSnapshots(lake, name, { keepLast, newerThan });
      results.push({ dataset: name, ...expired, orphans: await deleteOrphans(lake, name) });
    }
    await lake.store.abortStaleUploads(DAY_MS);
    report(results, json);
  });
}

async function redrive({ json }: Options): Promise<void> {
  await withLake('redrive', async (open) => {
    const result = await withExporter(
      open,
      () => {},
      (exporter) => exporter.redrive(open.signal),
    );
    if (json) printJson(result);
    else {
      process.stdout.write(
        `${result.redriven} events are in their datasets now, ${result.refused.length} are refused still.\n`,
      );
      if (result.refused.length > 0) printTable(result.refused.map((row) => ({ ...row })));
    }
    if (result.refused.length > 0) process.exitCode = ExitCode.rejected;
  });
}

function report(results: Record<string, string | number>[], json?: boolean): void {
  if (json) printJson(results);
  else printTable(results);
}
