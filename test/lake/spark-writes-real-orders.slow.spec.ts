import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { importOrders } from '../../src/ingest/orders/import-orders';
import { loadWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse';
import { verifyWarehouse } from '../../src/warehouse/duckdb/verify-duckdb';
import { localFiles } from '../../src/warehouse/load/local-files';
import { tableFiles } from '../../src/warehouse/load/table-files';
import { northwind, type OrderFile, onlineRetail } from '../oracle/support/order-files.sql';
import { describeWith as describeFile } from '../oracle/support/test-data';
import { useShopOnKafka } from '../support/kafka/shop-on-kafka';
import { describeKafka } from '../support/kafka/suite';
import { needSpark } from '../support/spark/environment';
import { SparkLake } from '../support/spark/spark-lake';
import { differingStar } from '../support/spark/star';
import { describeWith } from '../support/suite';
import { createTestWarehouse, type TestWarehouse } from '../support/warehouse/warehouse';

const WITHIN_MS = 3_600_000;
const KILLS = Number(process.env.SPARK_KILLS ?? 3);
/** Lines of the retailer's half million that are taken; SPARK_LINES=all takes every one. */
const { SPARK_LINES = '15000' } = process.env;
const LINES = SPARK_LINES === 'all' ? Number.POSITIVE_INFINITY : Number(SPARK_LINES);

describeWith([needSpark], 'with Spark', () => {
  describeKafka('a lake that is written from Kafka', () => {
    describeFile(northwind.file, 'of the Northwind orders', (data) => hasAll(northwind, data));
    describeFile(onlineRetail.file, 'of a retailer', (data) => hasAll(onlineRetail, data));
  });
});

function hasAll(file: OrderFile, data: () => { csv: string }): void {
  const on = useShopOnKafka('spark', { partitions: 2 });
  let spark: SparkLake;
  let warehouse: TestWarehouse;
  beforeEach(async () => {
    [spark, warehouse] = await Promise.all([
      SparkLake.create(on.shop.store, on.kafka),
      createTestWarehouse(),
    ]);
  });
  afterEach(() => Promise.all([spark.remove(), warehouse.remove()]));

  it(
    'has every row of the exporter’s after kills; the warehouse of it verifies; its star is the warehouse’s',
    async () => {
      const part = join(spark.lake.folder, 'part.csv');
      await firstLines(data().csv, part, LINES);
      const { database, store } = on.shop;
      const { map, defaults, creditNotePrefix } = file;
      await importOrders({ file: part, map, defaults, creditNotePrefix }, { pool: database.pool, store });
      on.bridges.start();
      await on.bridges.caughtUp();
      await spark.handOverAfter(500);
      const events = await store.countAfter(null);
      await spark.follow({ kills: KILLS, batch: Math.ceil(events / 2), withinMs: WITHIN_MS });
      expect(await spark.differences()).toEqual([]);

      const { localPath } = await localFiles(spark.lake.store, { folder: spark.lake.folder });
      const files = tableFiles(spark.lake.catalog(), localPath);
      await loadWarehouse(warehouse, files);
      const { equal, differences } = await verifyWarehouse(warehouse, files, store);
      expect({ equal, differences }).toEqual({ equal: true, differences: [] });

      const star = join(spark.lake.folder, 'star');
      await spark.call('star', star);
      expect(await differingStar(warehouse, star)).toEqual([]);
      await spark.call('rebuild', 'order_lines');
      expect(await spark.differences(['order_lines'])).toEqual([]);
    },
    WITHIN_MS,
  );
}

async function firstLines(from: string, to: string, count: number): Promise<void> {
  const out = createWriteStream(to);
  let lines = 0;
  for await (const line of createInterface(createReadStream(from))) {
    if (lines++ > count) break;
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
