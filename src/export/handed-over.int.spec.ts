import { useExportedShop } from '../../test/support/lake/exported-shop';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { CutLog } from '../lake/cuts/cut-log';
import { datasets } from '../lake/datasets/catalogue';
import { HandedOverError, LakeError } from '../lake/errors/lake-error';
import { commitToTable } from '../lake/iceberg/commit';
import { saidOfSpark } from '../lake/tables/handed-over';
import { rollbackTable } from '../lake/tables/rollback';
import { listSnapshots } from '../lake/tables/snapshots';
import { adoptLake } from './adopt';

const log = [...mixedLog(60)];
const PART = 60;
const on = useExportedShop();

const write = (part: number) => writeLog(on.shop.store, log.slice(part * PART, (part + 1) * PART));
const adopt = () =>
  adoptLake({ store: on.shop.store, catalog: on.lake.catalog(), workFolder: on.lake.folder });

async function handOver(): Promise<void> {
  const exporter = await on.lake.exporter(on.shop.store);
  await exporter.handOver(new AbortController().signal);
  await exporter.close();
}

/** What the job of Spark does at its end. */
async function finish(position: string, only?: string): Promise<void> {
  for (const { name } of datasets)
    if (only === undefined || name === only)
      await commitToTable(on.lake.catalog(), name, async () => ({
        updates: [{ action: 'set-properties', updates: { 'tidemark.spark.finished': position } }],
      }));
}

const head = async () => (await on.shop.store.head())!.position;

describe('a lake that was handed over', () => {
  beforeEach(async () => {
    await write(0);
    await on.lake.export(on.shop.store);
    await handOver();
  });

  it('is told to every table, once, and no exporter writes it', async () => {
    await handOver();
    await write(1);
    await expect(on.lake.export(on.shop.store)).rejects.toThrow(HandedOverError);
    const said = await Promise.all(datasets.map(({ name }) => saidOfSpark(on.lake.catalog(), name)));
    expect(new Set(said.map(({ cut }) => cut))).toEqual(new Set([2]));
  });

  it('stops an exporter that slept meanwhile', async () => {
    await finish(await head());
    await adopt();
    await on.lake.whileFollowing(on.shop.store, { limits: { ageMs: 10 } }, async () => {});
    const sleeping = await on.lake.exporter(on.shop.store);
    await handOver();
    await write(1);
    await expect(sleeping.catchUp(new AbortController().signal)).rejects.toThrow(HandedOverError);
    await sleeping.close();
  });

  it('is not adopted before Spark has brought all tables to one position', async () => {
    await expect(adopt()).rejects.toThrow('lake.py finish');
    await finish(await head(), 'orders');
    await expect(adopt()).rejects.toThrow(LakeError);
    expect((await new CutLog(on.lake.store).latest())?.number).toBe(2);
  });

  it('is adopted with cuts that all tables have, and exported on from there', async () => {
    const before = await head();
    await finish(before);
    expect(await adopt()).toEqual({ through: before, events: 0, cuts: 2 });
    await expect(adopt()).rejects.toThrow('was not handed over');
    await write(1);
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('is adopted by the next call where one was killed before the first cut was recorded', async () => {
    await finish(await head());
    const { decide } = CutLog.prototype;
    let recorded = 0;
    jest.spyOn(CutLog.prototype, 'decide').mockImplementation(function (this: CutLog, cut) {
      if (++recorded > 1) throw new Error('killed');
      return decide.call(this, cut);
    });
    await expect(adopt()).rejects.toThrow('killed');
    jest.restoreAllMocks();
    await expect(on.lake.export(on.shop.store)).rejects.toThrow(HandedOverError);
    await adopt();
    await write(1);
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('gives a table that is rolled back behind the hand-over all of Spark’s part again', async () => {
    await finish(await head());
    await adopt();
    await write(1);
    await on.lake.export(on.shop.store);
    const snapshots = await listSnapshots(on.lake.catalog(), 'orders');
    await rollbackTable(on.lake.catalog(), 'orders', BigInt(snapshots.at(-1)!.id));
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
  });
});
