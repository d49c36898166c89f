import fc from 'fast-check';
import { importOrders } from '../../src/ingest/orders/import-orders';
import { createTestStore } from '../support/store';
import { Duck } from './support/duckdb';
import { MODEL, POST } from './support/model.sql';
import { loadOrderFile, northwind, type OrderFile, onlineRetail } from './support/order-files.sql';
import { CURRENCIES, liveThrough, SETTINGS, shopSteps } from './support/random-shop';
import { loadShop } from './support/shop-inputs.sql';
import { describeWith, type TestData } from './support/test-data';
import { compareWarehouse, warehouseOf } from './support/warehouse-comparisons';

const TIMEOUT_MS = 600_000;

/** @returns how many anomalies and scored customers the views have, when all of them agree with the file */
async function compareFile(orderFile: OrderFile, { compressed, csv }: TestData) {
  const duck = await Duck.open();
  const { store, database, close } = await createTestStore();
  try {
    await duck.run(MODEL);
    await duck.run(loadOrderFile(orderFile, csv));
    await duck.run(POST);
    const { map, defaults, creditNotePrefix } = orderFile;
    await importOrders({ file: compressed, map, defaults, creditNotePrefix }, { pool: database.pool, store });
    const warehouse = await warehouseOf(store);
    try {
      return await compareWarehouse(warehouse, duck, [orderFile.currency]);
    } finally {
      await warehouse.remove();
    }
  } finally {
    duck.close();
    await close();
  }
}

describeWith(northwind.file, 'the warehouse of the Northwind orders', (data) => {
  it(
    'has views that SQL makes of the file, to the cent',
    async () => {
      expect(await compareFile(northwind, data())).toEqual({ anomalies: 31, scored: 89 });
    },
    TIMEOUT_MS,
  );
});

describeWith(onlineRetail.file, 'the warehouse of a year of an online retailer', (data) => {
  it(
    'has views that SQL makes of the file, to the cent',
    async () => {
      expect(await compareFile(onlineRetail, data())).toEqual({ anomalies: 405, scored: 4_314 });
    },
    TIMEOUT_MS,
  );
});

describe('the warehouse of any shop', () => {
  it(
    'has views that SQL makes of what was asked of the shop: returns, cancellations and currencies',
    async () => {
      await fc.assert(
        fc.asyncProperty(shopSteps(80), async (steps) => {
          const duck = await Duck.open();
          const { store, close } = await createTestStore();
          try {
            await duck.run(MODEL);
            await liveThrough(steps, store, duck);
            await duck.run(loadShop(SETTINGS.reportingCurrency, SETTINGS.timeZone));
            await duck.run(POST);
            const warehouse = await warehouseOf(store, 20);
            try {
              await compareWarehouse(warehouse, duck, Object.keys(CURRENCIES), { plain: false });
            } finally {
              await warehouse.remove();
            }
          } finally {
            duck.close();
            await close();
          }
        }),
        { numRuns: 8, endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );
});
