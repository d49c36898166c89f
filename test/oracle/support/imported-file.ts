import { importOrders } from '../../../src/ingest/orders/import-orders';
import type { ImportReport } from '../../../src/ingest/orders/report';
import { type Projector, startProjector } from '../../../src/projections/live/store-projector';
import { createLogger } from '../../../src/runtime/logger';
import { createTestStore, type TestStore } from '../../support/store';
import { Duck } from './duckdb';
import { MODEL, POST } from './model.sql';
import { loadOrderFile, type OrderFile } from './order-files.sql';
import type { TestData } from './test-data';

/** One order file on both sides: the program imports it into read models, and the oracle loads it. */
export interface ImportedFile extends TestStore {
  duck: Duck;
  projector: Projector;
  report: ImportReport;
}

export async function importFile(orderFile: OrderFile, { compressed, csv }: TestData): Promise<ImportedFile> {
  const duck = await Duck.open();
  await duck.run(MODEL);
  await duck.run(loadOrderFile(orderFile, csv));
  await duck.run(POST);

  const testStore = await createTestStore();
  const { database, store } = testStore;
  const logger = createLogger({ level: 'warn', fd: 2 });
  const projector = startProjector({ databaseUrl: database.url, pool: database.pool, store, logger });
  const { map, defaults, creditNotePrefix, zeroPriceReturns } = orderFile;
  const report = await importOrders(
    { file: compressed, map, defaults, creditNotePrefix, zeroPriceReturns },
    { pool: database.pool, store },
  );
  await projector.caughtUp();
  return {
    ...testStore,
    duck,
    projector,
    report,
    async close() {
      await projector.stop();
      duck.close();
      await testStore.close();
    },
  };
}
