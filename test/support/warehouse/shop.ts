import type { RecordedEvent } from '../../../src/event-store/event';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import type { LoadOptions, LoadResult } from '../../../src/warehouse/load/load-options';
import { TestLake } from './lake';
import { createTestWarehouse, rowsIn, type TestWarehouse } from './warehouse';

/** A lake, and the DuckDB warehouse that is loaded from it, both in temporary folders. */
export interface TestShop {
  lake: TestLake;
  warehouse: TestWarehouse;
  load(options?: LoadOptions): Promise<LoadResult>;
  /** see `rowsIn` */
  rows(sql: string): Promise<Record<string, string | null>[]>;
  remove(): Promise<void>;
}

/**
 * Opens a lake and a warehouse.
 * @param events added to the lake and loaded; without any, the lake is empty and there is no warehouse yet
 */
export async function createTestShop(events: readonly RecordedEvent[] = []): Promise<TestShop> {
  const lake = await TestLake.create();
  const warehouse = await createTestWarehouse();
  const shop: TestShop = {
    lake,
    warehouse,
    load: (options) => loadWarehouse(warehouse, lake, options),
    rows: (sql) => rowsIn(warehouse, sql),
    async remove() {
      await lake.remove();
      await warehouse.remove();
    },
  };
  if (events.length > 0) {
    await lake.addEvents(events);
    await shop.load();
  }
  return shop;
}

/** Runs `work` with an empty lake and without a warehouse, and removes both afterwards. */
export async function withTestShop<T>(work: (shop: TestShop) => Promise<T>): Promise<T> {
  const shop = await createTestShop();
  try {
    return await work(shop);
  } finally {
    await shop.remove();
  }
}
