import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { TestGeneration } from '../../../test/support/generation';
import type { Table } from '../../postgres/table';
import {
  anomalyArrivalsTable,
  anomalyBucketsTable,
  anomalyOrdersTable,
  anomalyPopulationTable,
} from './anomalies/tables';
import { projections } from './catalogue';
import {
  categoryRevenueTable,
  revenueSettingsTable,
  revenueTable,
  unconvertedRevenueTable,
} from './category-revenue/tables';
import { customersTable } from './customers/tables';
import { orderEventsTable, ordersTable } from './orders/tables';
import { productNamesTable, productsTable } from './products/tables';
import { rfmCustomersTable, rfmCutsTable, rfmMovesTable, rfmOrdersTable, rfmTotalsTable } from './rfm/tables';

/** A table of a read model belongs here as soon as it is in `tables.ts`. */
const TABLES: readonly Table[] = [
  ordersTable,
  orderEventsTable,
  customersTable,
  productsTable,
  productNamesTable,
  categoryRevenueTable,
  revenueTable,
  unconvertedRevenueTable,
  revenueSettingsTable,
  anomalyPopulationTable,
  anomalyOrdersTable,
  anomalyBucketsTable,
  anomalyArrivalsTable,
  rfmCustomersTable,
  rfmOrdersTable,
  rfmCutsTable,
  rfmTotalsTable,
  rfmMovesTable,
];

const COLUMNS = `
SELECT column_name, udt_name, is_nullable = 'YES' AS nullable FROM information_schema.columns
 WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it.each(projections.map((projection) => [projection.name, projection] as const))(
  'declares the tables of %s in tables.ts as schema.sql makes them',
  async (_, projection) => {
    const generation = await TestGeneration.create(database.pool, projection);
    try {
      for (const name of projection.tables) {
        const made = await generation.rows<{ column_name: string; udt_name: string; nullable: boolean }>(
          COLUMNS,
          [name],
        );
        const declared = TABLES.find((table) => table.name === name)?.columns;
        expect({
          [name]: Object.entries(declared ?? {}).map(([key, { sql, nullable }]) => [key, sql, nullable]),
        }).toEqual({
          [name]: made.map(({ column_name, udt_name, nullable }) => [column_name, udt_name, nullable]),
        });
      }
    } finally {
      await generation.close();
    }
  },
);
