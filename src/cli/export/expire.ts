import { DAY_MS } from '../../domain/calendar';
import { CliError, ExitCode } from '../errors';
import { printJson, printTable } from '../output';
import { parseInstant } from '../parse';
import { createProgress } from '../progress';
import { changingTables, datasetsNamed } from './open-lake';

interface ExpireOptions {
  keep: string;
  olderThan: string;
  json?: boolean;
}

/** `tidemark export expire` */
export async function expire(names: string[], { keep, olderThan, json }: ExpireOptions): Promise<void> {
  const keepLast = Number(keep);
  if (!Number.isInteger(keepLast) || keepLast < 1)
    throw new CliError(`--keep ${keep}: give a whole number from 1.`, ExitCode.usage);
  const newerThan = /^\d+(\.\d+)?$/.test(olderThan)
    ? Date.now() - Number(olderThan) * DAY_MS
    : parseInstant(olderThan, '--older-than', 'a number of days');
  const chosen = await datasetsNamed(names);
  const { deleteOrphans, expireSnapshots } = await import('../../lake/tables/delete-unused.js');
  await changingTables('expire', async ({ lake, signal }) => {
    const bar = createProgress({ label: 'expiring', total: chosen.length, unit: 'datasets' });
    const results = [];
    for (const { name } of chosen) {
      signal.throwIfAborted();
      bar.update(results.length, name);
      const expired = await expireSnapshots(lake, name, { keepLast, newerThan });
      results.push({ dataset: name, ...expired, orphans: await deleteOrphans(lake, name) });
    }
    await lake.store.abortStaleUploads(DAY_MS);
    const snapshots = results.reduce((sum, result) => sum + result.snapshots, 0);
    bar.done(`forgot ${snapshots.toLocaleString('en')} snapshots`);
    if (json) printJson(results);
    else printTable(results);
  });
}
