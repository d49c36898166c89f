import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventDatasets } from '../../src/lake/datasets/catalogue';
import { orderLines } from '../../src/lake/datasets/order-lines.dataset';
import { type Lake, type LakeOptions, openLake } from '../../src/lake/open-lake';
import { liveFiles } from '../../src/lake/tables/live-files';
import { listSnapshots } from '../../src/lake/tables/snapshots';
import { exportLog } from '../support/lake/export-log';
import { logOfMonths } from '../support/lake/log-of-months';
import { rowsOfLog, totalsOfLog, totalsOfQuery, totalsQuery } from '../support/lake/totals';
import { writeLog } from '../support/mixed-log';
import { needSpark, sparkSql } from '../support/readers/spark/spark';
import { describeS3 } from '../support/s3/suite';
import { startS3 } from '../support/s3/versitygw';
import { createTestStore, type TestStore } from '../support/store';
import { describeWith } from '../support/suite';

const SPARK_WITHIN_MS = 300_000;
const ORDERS = 60;

interface Place {
  options: LakeOptions;
  close(): Promise<void>;
}

describeWith([needSpark], 'a lake in a folder with a space and an umlaut in its name', () => {
  isReadBySpark(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark lake für alle '));
    return { options: { url: folder }, close: () => rm(folder, { recursive: true, force: true }) };
  });
});

describeWith([needSpark], 'on S3', () => {
  describeS3('a lake', () => {
    isReadBySpark(async () => {
      const s3 = await startS3();
      const options = { url: `s3://${s3.bucket}/${s3.prefix}`, s3: { endpoint: s3.endpoint } };
      return { options, close: () => s3.stop() };
    });
  });
});

function isReadBySpark(make: () => Promise<Place>): void {
  let place: Place;
  let shop: TestStore;
  let lake: Lake;

  beforeAll(async () => {
    [place, shop] = await Promise.all([make(), createTestStore()]);
    lake = await openLake(place.options);
    const log = logOfMonths(ORDERS);
    // The orders are placed in the first half.
    const first = log.length / 5;
    for (const part of [log.slice(0, first), log.slice(first)]) {
      await writeLog(shop.store, part);
      await exportLog(shop.store, lake);
    }
  }, SPARK_WITHIN_MS);
  afterAll(async () => {
    await lake?.close();
    await shop?.close();
    await place?.close();
  });

  it(
    'shows Spark every row and all money, earlier states, and the files of one month and one type',
    async () => {
      const first = (await listSnapshots(lake, orderLines.name)).at(-1)!;
      const [month, type, earlier, ...totals] = await sparkSql(place.options, [
        `SELECT count(DISTINCT _file) AS n FROM lake.order_lines
          WHERE order_date >= DATE '2024-02-01' AND order_date < DATE '2024-03-01'`,
        "SELECT count(DISTINCT _file) AS n FROM lake.events WHERE event_type = 'OrderPlaced'",
        totalsQuery(orderLines, `lake.order_lines VERSION AS OF ${first.id}`),
        ...eventDatasets.map((dataset) => totalsQuery(dataset, `lake.${dataset.name}`)),
      ]);
      expect(month).toEqual([{ n: await filesBelow('order_lines/data/order_date_month=2024-02/') }]);
      expect(type).toEqual([{ n: await filesBelow('events/data/event_type=OrderPlaced/') }]);
      expect(totalsOfQuery(orderLines, earlier!)).toEqual(
        totalsOfLog(orderLines, await rowsOfLog(shop.store, orderLines, first.throughPosition)),
      );
      for (const [index, dataset] of eventDatasets.entries()) {
        const expected = totalsOfLog(dataset, await rowsOfLog(shop.store, dataset));
        expect(totalsOfQuery(dataset, totals[index]!)).toEqual(expected);
      }
    },
    SPARK_WITHIN_MS,
  );

  async function filesBelow(prefix: string): Promise<number> {
    let files = 0;
    for await (const { path } of liveFiles(lake, prefix.split('/')[0]!)) if (path.startsWith(prefix)) files++;
    return files;
  }
}
