import type { Pool } from 'pg';
import { queryWarehouse } from '../../../src/warehouse/duckdb/query';
import { rowsIn, type TestWarehouse } from '../../support/warehouse/warehouse';
import { nowAnomalies, plainAnomalies } from './anomalies.sql';
import { type Duck, toLine } from './duckdb';
import {
  answeredAnomalies,
  answeredRfm,
  answeredRfmSummary,
  minorUnits,
  READ,
  READ_AS_VIEWS,
  readLines,
} from './read-models';
import { CUSTOMERS, RFM } from './rfm.sql';
import { expectSameRows } from './same-rows';
import {
  BOOKS_BY_MONTH,
  BOOKS_IN_REPORTING,
  booksByDay,
  multiRegionCustomers,
  repeatCustomers,
  SALES_BY_CATEGORY,
  SALES_BY_MONTH,
  SALES_BY_PRODUCT,
  SALES_IN_REPORTING,
  VIEW,
} from './warehouse.sql';

/**
 * Compares every view of the analytics with the oracle.
 * @returns the numbers of anomalies and of scored customers
 */
export async function compareWarehouse(
  warehouse: TestWarehouse,
  duck: Duck,
  currencies: readonly string[],
  { plain = true } = {},
): Promise<{ anomalies: number; scored: number }> {
  expectSameRows(await lines(warehouse, VIEW.categoryRevenue), await duck.lines(SALES_BY_CATEGORY));
  expectSameRows(await lines(warehouse, VIEW.monthlySales), await duck.lines(SALES_BY_MONTH));
  expectSameRows(await lines(warehouse, VIEW.monthlyBooks), await duck.lines(BOOKS_BY_MONTH));
  expectSameRows(await lines(warehouse, VIEW.salesInReporting), await duck.lines(SALES_IN_REPORTING));
  expectSameRows(await lines(warehouse, VIEW.booksInReporting), await duck.lines(BOOKS_IN_REPORTING));
  expectSameRows(await lines(warehouse, VIEW.productPerformance), await duck.lines(SALES_BY_PRODUCT));
  expectSameRows(await lines(warehouse, VIEW.repeatCustomers), await duck.lines(repeatCustomers(CUSTOMERS)));
  expectSameRows(
    await lines(warehouse, VIEW.multiRegionCustomers),
    await duck.lines(multiRegionCustomers(CUSTOMERS)),
  );
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

/**
 * Compares every view of the analytics with the published read models and the answers from them. The first
 * currency is the reporting one.
 */
export async function compareWithReadModels(
  warehouse: TestWarehouse,
  pool: Pool,
  currencies: readonly string[],
): Promise<void> {
  const pairs = [
    [VIEW.categoryRevenue, READ_AS_VIEWS.categoryRevenue],
    [VIEW.monthlySalesAnywhere, READ_AS_VIEWS.monthlySales],
    [VIEW.productsOrdered, READ_AS_VIEWS.productsOrdered],
    [VIEW.salesByCurrency, READ_AS_VIEWS.salesByCurrency],
    [VIEW.repeatCustomers, READ_AS_VIEWS.repeatCustomers],
    [VIEW.multiRegionCustomers, READ_AS_VIEWS.multiRegionCustomers],
  ] as const;
  for (const [view, readModel] of pairs)
    expectSameRows(await lines(warehouse, view), await readLines(pool, readModel));
  const reporting = currencies[0] as string;
  expectSameRows(await lines(warehouse, booksByDay(reporting)), await readLines(pool, READ.categoryRevenue));
  expectSameRows(await lines(warehouse, VIEW.rfm), await answeredRfm(pool));
  expectSameRows(await lines(warehouse, VIEW.rfmSummary), await answeredRfmSummary(pool));
  await compareAnomaliesNow(warehouse, pool, currencies);
}

async function compareAnomaliesNow(
  warehouse: TestWarehouse,
  pool: Pool,
  currencies: readonly string[],
): Promise<void> {
  const answered = [];
  for (const currency of currencies)
    answered.push(...(await answeredAnomalies(pool, currency, 'NOW', '2')).anomalies);
  expectSameRows(
    await lines(warehouse, VIEW.anomalies),
    answered.map(({ orderId, currency, amount }) => toLine([orderId, currency, minorUnits(amount)])),
  );
  const found = await rowsIn(warehouse, 'SELECT order_id, z_score, mean, standard_deviation FROM anomalies');
  const inView = new Map(found.map((row) => [row.order_id, row]));
  for (const { orderId, zScore, mean, standardDeviation } of answered) {
    const row = inView.get(orderId);
    expect(Number(row?.z_score)).toBeCloseTo(zScore, 6);
    expect(Number(row?.mean)).toBeCloseTo(Number(mean), 3);
    expect(Number(row?.standard_deviation)).toBeCloseTo(Number(standardDeviation), 3);
  }
}

/** The rows of a query, each as one line of text in the oracle's form. */
function lines(warehouse: TestWarehouse, sql: string): Promise<string[]> {
  return queryWarehouse(warehouse, `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql}) q`, async ({ rows }) => {
    const found: string[] = [];
    for await (const chunk of rows) found.push(...chunk.map(toLine));
    return found;
  });
}
