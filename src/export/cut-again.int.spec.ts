import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../test/support/lake/fault';
import { FolderLake } from '../../test/support/lake/test-lake';
import { Victim } from '../../test/support/lake/victim';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { createTestStore, type TestStore } from '../../test/support/store';
import { CutLog } from '../lake/cuts/cut-log';
import { datasets } from '../lake/datasets/catalogue';

/** All of them are the first cut. */
const ORDERS = 60;
/** A time at which the cut is decided and the lake has some of its files. */
const IN_MID_CUT: Fault = { signal: 'SIGKILL', when: 'after', write: 30 };

let shop: TestStore;
let lake: FolderLake;
let exporter: Victim | undefined;
beforeEach(async () => {
  [shop, lake] = await Promise.all([createTestStore(), FolderLake.create()]);
});
afterEach(async () => {
  await exporter?.endBy('SIGKILL');
  await lake.remove();
  await shop.close();
});

const cuts = () => new CutLog(lake.store);

function start(fault?: Fault): Victim {
  const { folder, options } = lake;
  exporter = Victim.exporter(shop.database.url, { folder, lake: options, fault });
  return exporter;
}

/** SHA-256 of each data file, by key. */
async function dataFiles(): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const { name } of datasets) {
    for await (const { key } of lake.store.list(`${name}/data/`)) {
      const body = await readFile(join(lake.folder, 'lake', key));
      hashes.set(key, createHash('sha256').update(body).digest('hex'));
    }
  }
  return hashes;
}

/** Leaves nothing in the lake but the record of the cut. */
async function keepOnlyCuts(): Promise<void> {
  for (const name of [...datasets.map((dataset) => dataset.name), '_tidemark/progress.json'])
    await rm(join(lake.folder, 'lake', name), { recursive: true, force: true });
}

async function exportedByAnother(): Promise<Map<string, string>> {
  await keepOnlyCuts();
  const another = start();
  while (!another.end && (await cuts().progress()) === undefined) await delay(20);
  await another.endBy('SIGTERM');
  expect(another.end).toEqual({ exitCode: 0, signal: null });
  return dataFiles();
}

describe('a cut that another process writes again after kill -9', () => {
  it('has the same bytes under the same keys', async () => {
    await writeLog(shop.store, mixedLog(ORDERS));
    const killed = start(IN_MID_CUT);
    while (!killed.end) await delay(20);
    expect(killed.end).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(await cuts().latest()).toMatchObject({
      number: 1,
      through: (await shop.store.head())?.position,
    });
    const before = await dataFiles();
    expect(before.size).toBeGreaterThan(0);

    const again = await exportedByAnother();
    expect(again.size).toBeGreaterThan(before.size);
    expect(again).toEqual(new Map([...again, ...before]));
    expect(await exportedByAnother()).toEqual(again);
  });
});

describe('the note of the last cut that is finished', () => {
  it('does not go back when an exporter that was stopped comes with an older one', async () => {
    await cuts().finished(3);
    await cuts().finished(2);
    expect(await cuts().progress()).toBe(3);
  });
});
