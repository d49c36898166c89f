import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useExportedShop } from '../../../test/support/lake/exported-shop';
import { CUT_LIMITS, loadFrom } from '../../../test/support/lake/many-files';
import { catalogIn } from '../../../test/support/lake/test-lake';
import { mixedLog, writeLog } from '../../../test/support/mixed-log';
import { datasets } from '../datasets/catalogue';
import type { Dataset } from '../datasets/dataset';
import { orderLines } from '../datasets/order-lines.dataset';
import { orders } from '../datasets/orders.dataset';
import { mustBeLake } from '../lake-identity';
import { checkDataFile, problemOf } from '../local-files/checksum';
import { liveFiles } from '../tables/live-files';
import { emptyTable } from '../tables/rollback';
import { compactLake } from './compact';
import { verifyLake } from './verify-lake';

const on = useExportedShop();

beforeEach(async () => {
  const { store } = on.shop;
  await writeLog(store, mixedLog(12));
  await on.lake.export(store, { limits: CUT_LIMITS });
});

const pathOf = (key: string) => join(on.lake.folder, 'lake', key);
const work = () => join(on.lake.folder, 'work');
const catalog = () => catalogIn(on.lake.store);
const verified = (of: readonly Dataset[] = datasets) => verifyLake(catalog(), of, { workFolder: work() });

async function filesOf({ name }: Dataset): Promise<string[]> {
  const keys: string[] = [];
  for await (const { path } of liveFiles(catalog(), name)) keys.push(path);
  return keys;
}

async function firstFileOf(dataset: Dataset): Promise<string> {
  return (await filesOf(dataset))[0] as string;
}

async function flip(key: string, at: (size: number) => number = (size) => size >> 1, bit = 1) {
  const bytes = await readFile(pathOf(key));
  const place = at(bytes.length);
  bytes[place] = (bytes[place] as number) ^ bit;
  await writeFile(pathOf(key), bytes);
}

/** What else must name the damage, besides `export verify`. */
const load = () => loadFrom(on.lake.store, work());

describe('the data files of a lake', () => {
  it('are as they were written, those of cuts and those that were compacted', async () => {
    const before = await verified();
    expect(before).toMatchObject({ withoutChecksum: 0, bad: [] });
    expect(before.files).toBeGreaterThan(20);
    const [compacted] = await compactLake(on.lake.catalog(), [orders], work());
    expect(compacted?.filesWritten).toBeGreaterThan(0);
    expect(await verified([orders])).toMatchObject({ withoutChecksum: 0, bad: [] });
    expect((await filesOf(orders)).some((key) => key.includes('/compacted-'))).toBe(true);
  });

  it('are named when one bit of them is another, wherever it is', async () => {
    const key = await firstFileOf(orderLines);
    const written = await readFile(pathOf(key));
    const copy = join(on.lake.folder, 'copy.parquet');
    for (let at = 0; at < written.length; at += 101) {
      const bytes = Buffer.from(written);
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      await writeFile(copy, bytes);
      expect(await problemOf(copy, key)).toMatch(/^is damaged: the SHA-256 of its bytes begins with/);
    }
    await writeFile(copy, written);
    await checkDataFile(copy, key);
  });

  it('are named when damaged, cut off, gone or swapped; a load and a compaction refuse them', async () => {
    const [flipped, shorter, gone, one, other] = await filesOf(orders);
    const keys = [flipped, shorter, gone, one, other] as string[];
    await flip(flipped as string);
    await truncate(pathOf(shorter as string), 100);
    await rm(pathOf(gone as string));
    await rename(pathOf(one as string), pathOf('swapped'));
    await rename(pathOf(other as string), pathOf(one as string));
    await rename(pathOf('swapped'), pathOf(other as string));
    const { bad } = await verified();
    expect(bad.map(({ dataset, file }) => [dataset, file])).toEqual(keys.map((key) => ['orders', key]));
    expect(bad.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/^is damaged/),
      expect.stringMatching(/^has 100 bytes, and \d+ were written$/),
      'is gone',
      expect.stringMatching(/^(is damaged|has \d+ bytes)/),
      expect.stringMatching(/^(is damaged|has \d+ bytes)/),
    ]);
    const named = new RegExp(
      `^${flipped} of the lake is damaged: .*` +
        '`tidemark export rollback orders --to-empty`, then `tidemark export run`',
    );
    await expect(load()).rejects.toThrow(named);
    const before = await filesOf(orders);
    await expect(compactLake(on.lake.catalog(), [orders], work())).rejects.toThrow(/is damaged|is gone/);
    expect(await filesOf(orders)).toEqual(before);
  });

  it('are mended by the commands that the message names, of a cut and compacted ones alike', async () => {
    await flip(await firstFileOf(orderLines), (size) => size - 1, 128);
    await rm(pathOf((await filesOf(orderLines))[1] as string));
    await compactLake(on.lake.catalog(), [orders], work());
    await flip(await firstFileOf(orders), () => 4);
    expect((await verified()).bad).toHaveLength(3);
    for (const { name } of [orderLines, orders]) await emptyTable(on.lake.catalog(), name);
    expect(await filesOf(orders)).toEqual([]);
    await on.lake.export(on.shop.store);
    expect((await verified()).bad).toEqual([]);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('of a lake that was begun without checksums are looked at as far as that goes', async () => {
    const key = await firstFileOf(orders);
    const old = key.replace(/-[0-9a-f]{16}\.parquet$/, '.parquet');
    await rename(pathOf(key), pathOf(old));
    expect(await problemOf(pathOf(old), old)).toBeUndefined();
    expect(await problemOf(pathOf(key), key)).toBe('is gone');
  });
});

describe('the metadata of a lake', () => {
  const metadataOf = async ({ name }: Dataset, pattern: RegExp) =>
    (await readdir(pathOf(`${name}/metadata`))).filter((file) => pattern.test(file)).sort();

  /** Expects both to name the damage. */
  async function expectNamed(file: RegExp): Promise<void> {
    const { bad } = await verified();
    expect(bad).toMatchObject([{ dataset: 'orders', file: null, problem: expect.stringMatching(file) }]);
    await expect(load()).rejects.toThrow(file);
  }

  it('is named when the newest version of a table is gone', async () => {
    const newest = Number(await readFile(pathOf('orders/metadata/version-hint.text'), 'utf8'));
    await rm(pathOf(`orders/metadata/v${newest}.metadata.json`));
    await expectNamed(
      new RegExp(`orders/metadata/v${newest}.metadata.json is gone.*Take the folder orders out`),
    );
    await rm(pathOf('orders'), { recursive: true });
    await on.lake.export(on.shop.store);
    expect((await verified()).bad).toEqual([]);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('is named when a part of it is cut off, and mended', async () => {
    for (const pattern of [/^snap-.*\.avro$/, /-m0\.avro$/]) {
      for (const file of await metadataOf(orders, pattern))
        await truncate(pathOf(`orders/metadata/${file}`), 60);
      await expectNamed(/orders\/metadata\/\S+\.avro cannot be read: .*rollback orders --to-empty/);
      await emptyTable(on.lake.catalog(), 'orders');
      await on.lake.export(on.shop.store);
      expect((await verified()).bad).toEqual([]);
    }
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('is named when a manifest is gone', async () => {
    for (const file of await metadataOf(orders, /-m0\.avro$/)) await rm(pathOf(`orders/metadata/${file}`));
    await expectNamed(/orders\/metadata\/\S+-m0\.avro is gone/);
  });

  it('is named when a whole table is gone, and made again by the next export', async () => {
    await rm(pathOf('orders'), { recursive: true });
    await expectNamed(/has lost its table orders: .*`tidemark export run` exports it again/);
    await on.lake.export(on.shop.store);
    expect((await verified()).bad).toEqual([]);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('is named when nothing says whose lake it is, and nobody takes it', async () => {
    await rm(pathOf('_tidemark/lake.json'));
    const lost = /holds .*, but not _tidemark\/lake\.json, which says whose lake it is/;
    await expect(mustBeLake(on.lake.store)).rejects.toThrow(lost);
    await expect(on.lake.export(on.shop.store)).rejects.toThrow(lost);
    await writeFile(pathOf('_tidemark/lake.json'), '{"storeIdent');
    await expect(mustBeLake(on.lake.store)).rejects.toThrow(/_tidemark\/lake\.json is no JSON/);
  });
});
