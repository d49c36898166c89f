import { projections } from '../../../src/projections/read-models/catalogue';
import { rebuild } from '../../../src/projections/rebuild/rebuild';
import { verifyWarehouse } from '../../../src/warehouse/duckdb/verify-duckdb';
import { exactRobustAnomalies } from './anomalies.sql';
import { compareArrivals, compareNow, compareRevenue, compareRfm, compareRobust } from './comparisons';
import { dropFromLake, dropFromWarehouse } from './damage';
import { type ImportedFile, importFile } from './imported-file';
import { type LakeWarehouse, lakeWarehouseOf } from './lake-warehouse';
import { type OrderFile, REJECTED_ROWS } from './order-files.sql';
import { publishedHashes } from './read-models';
import { describeWith } from './test-data';
import { compareWarehouse, compareWithReadModels } from './warehouse-comparisons';

/** Counts from other sources. They show a mistake that program and oracle share. */
export interface KnownCounts {
  orders: number;
  creditNotes: number;
  rejectedRows: number;
  anomaliesNow: number;
  customersScored: number;
}

const IMPORT_TIMEOUT_MS = 300_000;
const CUTS = 3;

/**
 * Compares the read models of an imported file with what DuckDB computes from the file alone, before and
 * after a replay.
 */
export function describeFile(title: string, orderFile: OrderFile, known: KnownCounts): void {
  describeWith(orderFile.file, title, (data) => {
    let imported: ImportedFile;
    const sides = () => ({ pool: imported.database.pool, duck: imported.duck });
    const { currency } = orderFile;
    const MINOR_DIGITS = 2;

    beforeAll(async () => {
      imported = await importFile(orderFile, data());
    }, IMPORT_TIMEOUT_MS);
    afterAll(() => imported?.close());

    it('is imported to the last line that is a sale', async () => {
      const { orders, creditNotes, rejected, alreadyThere, interrupted } = imported.report;
      expect({ orders, creditNotes, rejectedRows: rejected.rows, alreadyThere, interrupted }).toEqual({
        orders: known.orders,
        creditNotes: known.creditNotes,
        rejectedRows: known.rejectedRows,
        alreadyThere: 0,
        interrupted: false,
      });
      expect((await imported.duck.rows(REJECTED_ROWS)).length).toBe(rejected.rows);
      const [documents] = await imported.duck.rows(
        'SELECT count(*) FILTER (NOT is_credit_note), count(*) FILTER (is_credit_note) FROM documents',
      );
      expect(documents).toEqual([String(orders), String(creditNotes)]);
      // One event for each document, and one for the settings of the store.
      expect(await imported.store.countAfter(null)).toBe(orders + creditNotes + 1);
    });

    describe.each(['after the import', 'after a replay of everything'])('%s', (when) => {
      if (when === 'after a replay of everything') {
        beforeAll(async () => {
          const { database, store, projector } = imported;
          const before = await publishedHashes(database.pool);
          const rebuilt = await rebuild({
            databaseUrl: database.url,
            pool: database.pool,
            store,
            projections,
            verify: true,
          });
          expect(rebuilt.map(({ switched, comparison }) => ({ switched, equal: comparison?.equal }))).toEqual(
            projections.map(() => ({ switched: true, equal: true })),
          );
          await projector.caughtUp();
          expect(await publishedHashes(database.pool)).toEqual(before);
        }, IMPORT_TIMEOUT_MS);
      }

      it('has the sales of every category and day, on both clocks', () =>
        compareRevenue(sides(), [currency]));

      it('flags today what lies far from the mean of all orders', async () => {
        expect(await compareNow(sides(), currency, MINOR_DIGITS)).toBe(known.anomaliesNow);
      });

      it('flagged on arrival what lay far from the mean of the orders before', async () => {
        expect(await compareArrivals(sides(), () => MINOR_DIGITS)).toBeGreaterThan(0);
      });

      it('flags robustly what lies far from the median, all but as exact medians would', async () => {
        const flagged = await compareRobust(sides(), currency);
        const exact = (await imported.duck.rows(exactRobustAnomalies(currency))).map(([id]) => id as string);
        const differing = [
          ...flagged.filter((id) => !exact.includes(id)),
          ...exact.filter((id) => !flagged.includes(id)),
        ];
        expect(differing.length).toBeLessThanOrEqual(0.05 * exact.length);
      });

      it('scores every customer', async () => {
        await compareRfm(sides());
        const { rows } = await imported.database.pool.query('SELECT population::int FROM read.rfm_totals');
        expect(rows).toEqual([{ population: known.customersScored }]);
      });
    });

    describe('from the event store through the lake to the warehouse', () => {
      let exported: LakeWarehouse;
      beforeAll(async () => {
        exported = await lakeWarehouseOf(
          imported.store,
          Math.ceil((known.orders + known.creditNotes) / CUTS),
        );
      }, IMPORT_TIMEOUT_MS);
      afterAll(() => exported?.remove());

      const verified = () => verifyWarehouse(exported.warehouse, exported.files, imported.store);

      it(
        'has views that SQL makes of the file, to the cent',
        async () => {
          const { anomaliesNow: anomalies, customersScored: scored } = known;
          expect(await compareWarehouse(exported.warehouse, imported.duck, [currency])).toEqual({
            anomalies,
            scored,
          });
        },
        IMPORT_TIMEOUT_MS,
      );

      it(
        'has views with the numbers of the read models, row by row',
        () => compareWithReadModels(exported.warehouse, imported.database.pool, [currency]),
        IMPORT_TIMEOUT_MS,
      );

      it(
        'verifies as equal, and a row that is lost in lake or warehouse by dataset, day and position',
        async () => {
          expect(await verified()).toMatchObject({ equal: true, differences: [] });
          const damages = [
            await dropFromLake(exported, 'order_lines', 'order_date'),
            await dropFromWarehouse(exported, 'orders', 'change_date'),
          ];
          const { equal, differences } = await verified();
          expect({
            equal,
            differences: differences.map(({ dataset, day, firstPosition }) => ({
              dataset,
              day,
              firstPosition,
            })),
          }).toEqual({ equal: false, differences: damages });
        },
        IMPORT_TIMEOUT_MS,
      );
    });
  });
}
