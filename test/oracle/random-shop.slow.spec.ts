import fc from 'fast-check';
import type { RecordedEvent } from '../../src/event-store/event';
import type { EventStore } from '../../src/event-store/event-store';
import { startProjector } from '../../src/projections/live/store-projector';
import { projections } from '../../src/projections/read-models/catalogue';
import { rebuild } from '../../src/projections/rebuild/rebuild';
import { createLogger } from '../../src/runtime/logger';
import { hashesAfter } from '../support/generation';
import { createTestStore, type TestStore } from '../support/store';
import {
  compareArrivals,
  compareNow,
  compareRevenue,
  compareRfm,
  compareRobust,
} from './support/comparisons';
import { Duck } from './support/duckdb';
import { lakeWarehouseOf } from './support/lake-warehouse';
import { MODEL, POST } from './support/model.sql';
import { CURRENCIES, liveThrough, SETTINGS, type Step, shopSteps } from './support/random-shop';
import { publishedHashes } from './support/read-models';
import { loadShop } from './support/shop-inputs.sql';
import { compareWarehouse, compareWithReadModels } from './support/warehouse-comparisons';

const TIMEOUT_MS = 240_000;
const currencies = Object.keys(CURRENCIES) as (keyof typeof CURRENCIES)[];

interface Lived extends TestStore {
  duck: Duck;
}

/**
 * Sends the random life of a shop through the commands, projects it, and fills the oracle's tables with the
 * requests.
 */
async function afterLiving(steps: readonly Step[], check: (lived: Lived) => Promise<void>): Promise<void> {
  const testStore = await createTestStore();
  const duck = await Duck.open();
  const { database, store } = testStore;
  const logger = createLogger({ level: 'warn', fd: 2 });
  const projector = startProjector({ databaseUrl: database.url, pool: database.pool, store, logger });
  try {
    await duck.run(MODEL);
    await liveThrough(steps, store, duck);
    await duck.run(loadShop(SETTINGS.reportingCurrency, SETTINGS.timeZone));
    await duck.run(POST);
    await projector.caughtUp();
    await check({ ...testStore, duck });
  } finally {
    await projector.stop();
    duck.close();
    await testStore.close();
  }
}

async function wholeLog(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of store.readAll(null)) events.push(...batch.events);
  return events;
}

describe('any life of a shop', () => {
  it(
    'gives the read models, and by way of the lake the views of the warehouse, that SQL makes of its inputs',
    async () => {
      await fc.assert(
        fc.asyncProperty(shopSteps(80), (steps) =>
          afterLiving(steps, async ({ store, database: { pool }, duck }) => {
            const sides = { pool, duck };
            await compareRevenue(sides, currencies);
            await compareRfm(sides);
            await compareArrivals(sides, (currency) => CURRENCIES[currency as keyof typeof CURRENCIES]);
            for (const currency of currencies) {
              await compareNow(sides, currency, CURRENCIES[currency], { plain: false });
              await compareRobust(sides, currency);
            }
            const { warehouse, remove } = await lakeWarehouseOf(store, 20);
            try {
              await compareWarehouse(warehouse, duck, currencies, { plain: false });
              await compareWithReadModels(warehouse, pool, currencies);
            } finally {
              await remove();
            }
          }),
        ),
        { numRuns: 6, endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'leads to the same bytes however its log is cut and however often it is replayed',
    async () => {
      await fc.assert(
        fc.asyncProperty(shopSteps(60), (steps) =>
          afterLiving(steps, async ({ database, store }) => {
            const events = await wholeLog(store);
            for (const projection of projections) {
              const whole = await hashesAfter(database.pool, projection, events);
              for (const batchSize of [1, 3, 17]) {
                expect(await hashesAfter(database.pool, projection, events, { batchSize })).toEqual(whole);
              }
              expect(
                await hashesAfter(database.pool, projection, events, { batchSize: 3, reopen: true }),
              ).toEqual(whole);
            }
            const live = await publishedHashes(database.pool);
            for (const batchSize of [7, 10_000]) {
              await rebuild({
                databaseUrl: database.url,
                pool: database.pool,
                store,
                projections,
                batchSize,
                verify: true,
              });
              expect(await publishedHashes(database.pool)).toEqual(live);
            }
          }),
        ),
        { numRuns: 2, endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );
});
