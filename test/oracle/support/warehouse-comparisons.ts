import type { EventStore } from '../../../src/event-store/event-store';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import { queryWarehouse } from '../../../src/warehouse/duckdb/query';
import { TestLake } from '../../support/warehouse/lake';
import { createTestWarehouse, rowsIn, type TestWarehouse } from '../../support/warehouse/warehouse';
import { nowAnomalies, plainAnomalies } from './anomalies.sql';
import { type Duck, toLine } from './duckdb';
import { CUSTOMERS, RFM } from './rfm.sql';
import { expectSameRows } from './same-rows';
import { repeatCustomers, SALES_BY_CATEGORY, SALES_BY_CURRENCY, SALES_BY_MONTH, VIEW } from './warehouse.sql';

/** A store's whole log, through Parquet files, in a warehouse. The second half comes with a second load. */
export async function warehouseOf(store: EventStore, batchSize = 10_000): Promise<TestWarehouse> {
  const lake = await TestLake.create();
  const warehouse = await createTestWarehouse();
  try {
    let settings: Parameters<TestLake['addEvents']>[1];
    let batches = 0;
    for await (const { events } of store.readAll(null, { batchSize })) {
      for (const event of events) if (event.type === 'StoreConfigured') settings = event.data;
      await lake.addEvents(events, settings);
      batches += 1;
      if (batches === 2) await loadWarehouse(warehouse, lake);
    }
    await loadWarehouse(warehouse, lake);
    return warehouse;
  } finally {
    await lake.remove();
  }
}

/** Every view of the analytics against the oracle. @returns how many anomalies and scored customers there are */
export async function compareWarehouse(
  warehouse: TestWarehouse,
  duck: Duck,
  currencies: readonly string[],
  { plain = true } = {},
): Promise<{ anomalies: number; scored: number }> {
  expectSameRows(await lines(warehouse, VIEW.categoryRevenue), await duck.lines(SALES_BY_CATEGORY));
  expectSameRows(await lines(warehouse, VIEW.monthlySales), await duck.lines(SALES_BY_MONTH));
  expectSameRows(await lines(warehouse, VIEW.productPerformance), await duck.lines(SALES_BY_CURRENCY));
  expectSameRows(await lines(warehouse, VIEW.repeatCustomers), await duck.lines(repeatCustomers(CUSTOMERS)));
  const scores = await lines(warehouse, VIEW.rfm);
  expectSameRows(scores, await duck.lines(RFM));
  let anomalies = 0;
  for (const currency of currencies) anomalies += await compareAnomalies(warehouse, duck, currency, plain);
  return { anomalies, scored: scores.length };
}

async function compareAnomalies(
  warehouse: TestWarehouse,
  duck: Duck,
  currency: string,
  plain: boolean,
): Promise<number> {
  const found = await rowsIn(
    warehouse,
    `SELECT order_id, z_score FROM anomalies WHERE currency = '${currency}'`,
  );
  expectSameRows(
    found.map(({ order_id: id }) => id as string),
    await duck.lines(nowAnomalies(currency, 20)),
  );
  if (plain) {
    const scores = new Map((await duck.rows(plainAnomalies(currency, 2))) as [string, string][]);
    for (const { order_id: id, z_score: score } of found)
      expect(Number(score)).toBeCloseTo(Number(scores.get(id as string)), 6);
  }
  return found.length;
}

/** A query's rows, each as one line of text, as the oracle writes its own. */
function lines(warehouse: TestWarehouse, sql: string): Promise<string[]> {
  return queryWarehouse(warehouse, `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql}) q`, async ({ rows }) => {
    const found: string[] = [];
    for await (const chunk of rows) found.push(...chunk.map(toLine));
    return found;
  });
}
