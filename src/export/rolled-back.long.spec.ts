import { setTimeout as delay } from 'node:timers/promises';
import { useExportedShop } from '../../test/support/lake/exported-shop';
import { refusing } from '../../test/support/lake/refusing';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { orderLines } from '../lake/datasets/order-lines.dataset';
import type { MaintainedCatalog } from '../lake/iceberg/committer';
import { exportStatus } from '../lake/status';
import { rollbackTable } from '../lake/tables/rollback';
import { listSnapshots } from '../lake/tables/snapshots';

const log = [...mixedLog(30)];

const on = useExportedShop();

/** Exports parts of the log, each as a cut. */
async function exportInCuts(cuts: number): Promise<void> {
  for (let cut = 0; cut < cuts; cut++) {
    await writeLog(on.shop.store, log.slice(cut * 20, (cut + 1) * 20));
    await on.lake.export(on.shop.store);
  }
}

async function rollBack(name: string, cut: number): Promise<void> {
  const snapshots = await listSnapshots(on.lake.catalog(), name);
  await rollbackTable(on.lake.catalog(), name, snapshots.find((snapshot) => snapshot.cut === cut)!.id);
}

async function untilLagIsNone(): Promise<void> {
  while ((await exportStatus(on.shop.store, on.lake.catalog())).some(({ lagEvents }) => lagEvents > 0))
    await delay(20);
}

describe('a table that was rolled back', () => {
  it('gets what the log says since then again from the next run', async () => {
    await exportInCuts(3);
    await rollBack('events', 1);
    expect(await on.wrongOnes()).toEqual(['events']);
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('gets it from an exporter that is under way, however quiet the log is', async () => {
    await exportInCuts(3);
    const exporter = await on.lake.exporter(on.shop.store, { limits: { ageMs: 20 } });
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    for (const cut of [1, 2]) {
      await rollBack('events', cut);
      await untilLagIsNone();
      expect(await on.wrongOnes()).toEqual([]);
    }
    stop.abort();
    await following;
    await exporter.close();
  });

  it('further, while it gets it again: gets all of it', async () => {
    await exportInCuts(5);
    await rollBack('events', 3);
    let commits = 0;
    const { store, committer } = on.lake.catalog();
    const disturbed: MaintainedCatalog = {
      store,
      committer: {
        load: (name) => committer.load(name),
        create: (name, metadata) => committer.create(name, metadata),
        async commit(base, updates) {
          const outcome = await committer.commit(base, updates);
          if (++commits === 1) await rollBack('events', 1);
          return outcome;
        },
      },
    };
    await expect(on.lake.export(on.shop.store, { catalog: disturbed })).rejects.toThrow(
      'table events was rolled back to cut 1',
    );
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('has each row once, also those that the first export had refused', async () => {
    await exportInCuts(1);
    const mend = refusing(orderLines);
    await writeLog(on.shop.store, log.slice(20, 40));
    await on.lake.export(on.shop.store);
    mend();
    const exporter = await on.lake.exporter(on.shop.store);
    expect((await exporter.redrive(new AbortController().signal)).redriven).toBeGreaterThan(0);
    await exporter.close();
    expect(await on.wrongOnes()).toEqual([]);
    await rollBack('order_lines', 1);
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
  });
});
