import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { wrong } from '../../../test/support/lake/census';
import { useExportedShop } from '../../../test/support/lake/exported-shop';
import { LogParts } from '../../../test/support/lake/log-parts';
import { fileCensus } from '../../../test/support/lake/readable';
import { writeLog } from '../../../test/support/mixed-log';
import { withMembers } from '../../../test/support/with-members';
import { CutLog } from '../cuts/cut-log';
import { datasets } from '../datasets/catalogue';
import { liveFiles } from '../tables/live-files';
import { listSnapshots } from '../tables/snapshots';
import { Tidying } from './tidy';

const CUTS = 6;
const PART = 40;
const LIMITS = { ageMs: 20 };
const DAY_S = 86_400;
const [first] = datasets;

const on = useExportedShop();

const finished = () => new CutLog(on.lake.store).progress();

/** @param before runs before each compacted file is put into the lake */
const whereCompacted = (before: (key: string) => Promise<void>) =>
  on.lake.catalog(
    withMembers(on.lake.store, {
      async putFileIfAbsent(key, path) {
        if (key.includes('/compacted-')) await before(key);
        return on.lake.store.putFileIfAbsent(key, path);
      },
    }),
  );

async function fill(): Promise<void> {
  const log = new LogParts(CUTS * PART);
  const exporter = await on.lake.exporter(on.shop.store);
  for (let cut = 0; cut < CUTS; cut++) {
    await writeLog(on.shop.store, log.next(PART));
    await exporter.catchUp(new AbortController().signal);
  }
  await exporter.close();
}

async function compactedIn(name: string): Promise<boolean> {
  for await (const { path } of liveFiles(on.lake.catalog(), name))
    if (path.includes('compacted-')) return true;
  return false;
}

async function expectExact(): Promise<void> {
  expect(wrong(await on.census())).toEqual([]);
  for (const { name } of datasets) expect((await fileCensus(on.lake.catalog(), name)).missing).toEqual([]);
}

describe('tidying', () => {
  it('goes on beside the export, however long it takes, and once at a time', async () => {
    let waiting = 0;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const options = {
      catalog: whereCompacted(() => {
        waiting += 1;
        return released;
      }),
      limits: LIMITS,
      tidyEvery: 2,
      tidy: { minFiles: 2, keepSnapshots: 2 },
    };
    const log = new LogParts(CUTS * PART);
    const writeCut = async () => {
      const before = await finished();
      await writeLog(on.shop.store, log.next(PART));
      while ((await finished()) === before) await delay(5);
    };
    await on.lake.whileFollowing(on.shop.store, options, async () => {
      while (waiting === 0) await writeCut();
      for (let cut = 0; cut < CUTS; cut++) await writeCut();
      expect(waiting).toBe(1);
      release();
      while (!(await compactedIn('orders'))) await delay(5);
    });
    await on.lake.export(on.shop.store);
    await expectExact();
    expect(await readdir(join(on.lake.folder, 'work'))).toEqual([]);
  });

  it('of one table that fails leaves the others to be tidied', async () => {
    await fill();
    const failures: unknown[] = [];
    const full = new Error('the disk is full');
    const catalog = whereCompacted(async (key) => {
      if (key.startsWith(`${first!.name}/`)) throw full;
    });
    const tidying = new Tidying(catalog, join(on.lake.folder, 'work'), {
      minFiles: 2,
      keepSnapshots: 1,
      onFailed: (error) => failures.push(error),
    });
    tidying.begin(new AbortController().signal);
    await tidying.ended();
    expect(failures).toEqual([full]);
    expect(await compactedIn(first!.name)).toBe(false);
    for (const name of ['order_lines', 'orders']) {
      expect(await compactedIn(name)).toBe(true);
      expect(await listSnapshots(on.lake.catalog(), name)).toHaveLength(1);
    }
    await expectExact();
  });

  it('is ended before its next file when the exporter is closed, which is no failure', async () => {
    await fill();
    let files = 0;
    const failures: unknown[] = [];
    let stopped: Promise<void> | undefined;
    const tidying: Tidying = new Tidying(
      whereCompacted(async () => {
        files += 1;
        stopped = tidying.stop();
      }),
      join(on.lake.folder, 'work'),
      { minFiles: 2, onFailed: (error) => failures.push(error) },
    );
    tidying.begin(new AbortController().signal);
    await tidying.ended();
    await stopped;
    expect({ files, failures }).toEqual({ files: 1, failures: [] });
    await expectExact();
  });

  it('by two processes at the same moment leaves each row there once', async () => {
    await fill();
    const both = ['one', 'other'].map(
      (name) => new Tidying(on.lake.catalog(), join(on.lake.folder, name), { minFiles: 2, keepSnapshots: 1 }),
    );
    for (const tidying of both) tidying.begin(new AbortController().signal);
    await Promise.all(both.map((tidying) => tidying.ended()));
    expect(await compactedIn('orders')).toBe(true);
    await expectExact();
  });

  it('gives up what dead writers were sending when it is a day old', async () => {
    await fill();
    const scratch = join(on.lake.folder, 'lake', '.tidemark-scratch');
    for (const name of ['of the dead', 'under way']) await writeFile(join(scratch, name), 'half a file');
    const long = Date.now() / 1000 - 2 * DAY_S;
    await utimes(join(scratch, 'of the dead'), long, long);
    const tidying = new Tidying(on.lake.catalog(), join(on.lake.folder, 'work'));
    tidying.begin(new AbortController().signal);
    await tidying.ended();
    expect(await readdir(scratch)).toEqual(['under way']);
  });
});
