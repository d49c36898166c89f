import fc from 'fast-check';
import type { RecordedEvent } from '../../src/event-store/event';
import type { Row } from '../../src/lake/columns/table-definition';
import { loadWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse';
import { tables } from '../../src/warehouse/model/catalogue';
import { changingShops } from '../support/warehouse/changing-shop';
import { rowsOf } from '../support/warehouse/lake';
import { withTestShop } from '../support/warehouse/shop';
import { tableHashes } from '../support/warehouse/warehouse';
import { categoryAt, placeAt } from './naive-versions';

const TIMEOUT_MS = 240_000;
const LAST_LOAD = 3;

const holidays = [{ day: '12-25', name: 'Christmas Day' }];

/** How rows are divided into files, and files into loads. */
interface Cutting {
  /** for each row in turn: the file of its dataset that it goes to */
  files: number[];
  /** for each file in turn: the load that brings it; files beyond the list come with the first load */
  loads: number[];
  /** a dataset that also has one file with all its rows */
  compacted: string | null;
}

const cutting: fc.Arbitrary<Cutting> = fc.record({
  files: fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }),
  loads: fc.array(fc.nat(3), { minLength: 21, maxLength: 21 }),
  compacted: fc.constantFrom(null, null, 'customers', 'orders', 'order_lines'),
});

function loadedAtOnce(events: RecordedEvent[]): Promise<Record<string, string>> {
  return withTestShop(async ({ lake, warehouse, load }) => {
    await lake.addEvents(events);
    await load({ holidays });
    return tableHashes(warehouse);
  });
}

function loadedInParts(events: RecordedEvent[], { files, loads, compacted }: Cutting) {
  return withTestShop(async ({ lake, warehouse }) => {
    const through = events.at(-1)?.position ?? '';
    let turn = 0;
    for (const [dataset, rows] of rowsOf(events)) {
      for (const part of dealt(rows, () => files[turn++ % files.length] ?? 0))
        await lake.add(dataset, part, through);
      if (dataset.name === compacted) await lake.add(dataset, rows, through);
    }
    for (let load = 0; load <= LAST_LOAD; load++) {
      const arrived = lake.only((files) => files.filter((_, index) => (loads[index] ?? 0) <= load));
      await loadWarehouse(warehouse, arrived, { holidays });
    }
    return tableHashes(warehouse);
  });
}

function dealt(rows: readonly Row[], next: () => number): Row[][] {
  const parts: Row[][] = [[], [], []];
  for (const row of rows) parts[next()]?.unshift(row);
  return parts;
}

describe('a warehouse', () => {
  it(
    'has the same rows however the lake was cut into files and the files into loads',
    async () => {
      await fc.assert(
        fc.asyncProperty(changingShops(40), cutting, async ({ events }, how) => {
          expect(await loadedInParts(events, how)).toEqual(await loadedAtOnce(events));
        }),
        { numRuns: 3, endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );

  describe.each(fc.sample(changingShops(80), { numRuns: 3, seed: 20_240_226 }))('of a shop', ({ events }) => {
    let atOnce: Record<string, string>;
    beforeAll(async () => {
      atOnce = await loadedAtOnce(events);
    }, TIMEOUT_MS);

    it.each(['customers', 'products', 'order_lines', 'orders', 'returns'])(
      'has the same rows when %s come last',
      async (late) => {
        const inParts = await withTestShop(async ({ lake, warehouse, load }) => {
          await lake.addEvents(events);
          const early = lake.only((files) => files.filter(([dataset]) => dataset !== late));
          await loadWarehouse(warehouse, early, { holidays });
          await load({ holidays });
          return tableHashes(warehouse);
        });
        expect(inParts).toEqual(atOnce);
      },
      TIMEOUT_MS,
    );
  });

  it(
    'holds every sale against the customer and the product as they were at its time',
    async () => {
      await fc.assert(
        fc.asyncProperty(changingShops(40), ({ events }) =>
          withTestShop(async ({ lake, load, rows }) => {
            await lake.addEvents(events);
            await load();
            for (const [fact, time] of [
              ['fact_orders', 'ordered_at'],
              ['fact_returns', 'returned_at'],
            ]) {
              const sales = await rows(
                `SELECT f.customer_id, f.product_id, epoch_ms(f.${time}) AS at,
                        c.country, c.region, p.category,
                        f.${time} >= c.valid_from AND f.${time} < c.valid_to AS customer_was_so,
                        f.${time} >= p.valid_from AND f.${time} < p.valid_to AS product_was_so,
                        c.customer_id IS NOT DISTINCT FROM f.customer_id AS own
                   FROM ${fact} f
                   LEFT JOIN dim_customer c USING (customer_key) LEFT JOIN dim_product p USING (product_key)`,
              );
              for (const sale of sales) {
                const { customer_id: customerId, product_id: productId, at, ...found } = sale;
                const place =
                  customerId === null
                    ? { country: null, region: null }
                    : placeAt(events, customerId as string, Number(at));
                expect(found).toEqual({
                  ...place,
                  category: categoryAt(events, productId as string, Number(at)),
                  customer_was_so: 'true',
                  product_was_so: 'true',
                  own: 'true',
                });
              }
            }
          }),
        ),
        { numRuns: 6, endOnFailure: true },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'has no key twice in any table',
    async () => {
      const [log] = fc.sample(changingShops(60), { numRuns: 1, seed: 6 });
      const events = log?.events ?? [];
      await withTestShop(async ({ lake, load, rows }) => {
        await lake.addEvents(events);
        await lake.addEvents(events);
        await load();
        for (const { name, key } of tables) {
          const columns = key.join(', ');
          const twice = `SELECT ${columns} FROM ${name} GROUP BY ${columns} HAVING count(*) > 1`;
          expect({ name, twice: await rows(twice) }).toEqual({ name, twice: [] });
        }
      });
    },
    TIMEOUT_MS,
  );
});
