import type { Value } from '../../../test/support/powerbi/dax-model';
import { overStar, type Row } from '../../../test/support/powerbi/star';
import { TestLake } from '../../../test/support/warehouse/lake';
import { movingShop } from '../../../test/support/warehouse/moving-shop';
import { createTestWarehouse, rowsIn, type TestWarehouse } from '../../../test/support/warehouse/warehouse';
import { loadWarehouse } from '../duckdb/duckdb-warehouse';
import type { WarehouseColumn } from '../model/table';
import { caption } from './names';
import { modelTables } from './tables';

describe('the measures over a loaded warehouse', () => {
  let lake: TestLake;
  let warehouse: TestWarehouse;
  let dax: ReturnType<typeof overStar>;

  beforeAll(async () => {
    lake = await TestLake.create();
    warehouse = await createTestWarehouse();
    await lake.addEvents(movingShop());
    await loadWarehouse(warehouse, lake);
    const tables: Record<string, Row[]> = {};
    for (const { name, columns, source } of modelTables) {
      if (source.kind === 'values') continue;
      const rows = await rowsIn(warehouse, `SELECT * FROM ${source.of.name}`);
      tables[name] = rows.map((row) =>
        Object.fromEntries(columns.map((column) => [column.name, typed(column, row[column.name] ?? null)])),
      );
    }
    dax = overStar(tables);
  });
  afterAll(async () => {
    await lake.remove();
    await warehouse.remove();
  });

  const inSql = async (expression: string) => {
    const rows = await rowsIn(warehouse, expression);
    expect(rows.length).toBeGreaterThan(0);
    return rows;
  };

  it('are what MONTHLY_SALES has, by month, country and currency', async () => {
    const sales = await inSql(`
      SELECT YEAR(month) AS year, MONTH(month) AS month, country, currency, SUM(gross) AS gross, SUM(discounts) AS discounts, SUM(units) AS units
        FROM monthly_sales GROUP BY ALL`);
    for (const { year, month, country, currency, gross, discounts, units } of sales) {
      const choice = {
        'DIM_DATE[Year]': [Number(year)],
        'DIM_DATE[Month]': [Number(month)],
        'DIM_COUNTRY[Country]': [country ?? ''],
        'DIM_CURRENCY[Currency]': [currency ?? ''],
      };
      expect(Number(dax('[Gross in currency]', choice))).toBeCloseTo(Number(gross));
      expect(Number(dax('[Discounts in currency]', choice))).toBeCloseTo(Number(discounts));
      expect(Number(dax('[Units]', choice))).toBe(Number(units));
      expect(Number(dax("SUM('MONTHLY_SALES'[Gross])", choice))).toBeCloseTo(Number(gross));
    }
  });

  it('have returns on the day of the order, or on their own, as SALES has them', async () => {
    for (const [key, measure] of [
      ['date_key', '[Net]'],
      ['order_date_key', '[Net by order date]'],
    ]) {
      const sales = await inSql(
        `SELECT ${key} // 10000 AS year, ${key} // 100 % 100 AS month, country, SUM(net_reporting) AS net FROM sales GROUP BY ALL`,
      );
      for (const { year, month, country, net } of sales) {
        const choice = {
          'DIM_DATE[Year]': [Number(year)],
          'DIM_DATE[Month]': [Number(month)],
          'DIM_COUNTRY[Country]': [country ?? ''],
        };
        expect(Number(dax(measure as string, choice))).toBeCloseTo(Number(net));
      }
    }
  });

  it('have the books of MONTHLY_BOOKS, by month and country', async () => {
    const books = await inSql(`
      SELECT YEAR(month) AS year, MONTH(month) AS month, country, SUM(gross_reporting) AS gross,
             SUM(discounts_reporting) AS discounts, SUM(returns_reporting) AS returns, SUM(net_reporting) AS net
        FROM monthly_books GROUP BY ALL`);
    for (const { year, month, country, ...amounts } of books) {
      const choice = {
        'DIM_DATE[Year]': [Number(year)],
        'DIM_DATE[Month]': [Number(month)],
        'DIM_COUNTRY[Country]': [country ?? ''],
      };
      for (const [name, amount] of Object.entries(amounts)) {
        expect(Number(dax(`[Booked ${name}]`, choice))).toBeCloseTo(Number(amount));
        const column = `SUM('MONTHLY_BOOKS'[${caption(`${name}_reporting`)}])`;
        expect(Number(dax(column, choice))).toBeCloseTo(Number(amount));
      }
    }
  });

  it('count customers as RFM and REPEAT_CUSTOMERS do, and average over what has an exchange rate', async () => {
    const [expected] = await inSql(`
      SELECT (SELECT COUNT(*) FROM rfm) AS customers, (SELECT COUNT(*) FROM repeat_customers) AS repeaters,
             (SELECT SUM(net_reporting) / COUNT(DISTINCT order_id) FROM fact_orders
               WHERE NOT is_cancelled AND net_reporting IS NOT NULL) AS aov`);
    expect(dax('[Customers]')).toBe(Number(expected?.customers));
    expect(dax('[Repeat customers]')).toBe(Number(expected?.repeaters));
    expect(Number(dax('[AOV]'))).toBeCloseTo(Number(expected?.aov));
  });

  it('find the new customers of each day of the week, and all of them in the end', async () => {
    const found = await inSql(`
      SELECT d.day_name, COUNT(*) AS customers
        FROM (SELECT MIN(date_key) AS date_key FROM fact_orders WHERE NOT is_cancelled AND customer_id IS NOT NULL
               GROUP BY customer_id) f JOIN dim_date d USING (date_key) GROUP BY ALL`);
    for (const { day_name: day, customers } of found) {
      expect(dax('[New customers]', { 'DIM_DATE[Day name]': [day ?? ''] })).toBe(Number(customers));
    }
    expect(dax('[New customers]')).toBe(dax('[Customers]'));
  });
});

function typed({ type }: WarehouseColumn, value: string | null): Value {
  if (value === null) return null;
  if (type.kind === 'boolean') return value === 'true';
  return ['int', 'long', 'decimal', 'double'].includes(type.kind) ? Number(value) : value;
}
