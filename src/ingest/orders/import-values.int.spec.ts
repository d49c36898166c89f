import path from 'node:path';
import { createImportTest, type ImportTest, totals } from '../../../test/support/imports';
import type { ImportOptions } from './import-orders';
import type { ImportReport } from './report';

/** Files whose times or numbers went wrong once, with what is right. */
const CASES = path.join(__dirname, '../../../test/cases/csv');

let imports: ImportTest;
beforeAll(async () => {
  imports = await createImportTest();
});
afterAll(() => imports.close());

const dryRun = (file: string, options: Partial<ImportOptions> = {}): Promise<ImportReport> =>
  imports.file({ file: path.join(CASES, file), dryRun: true, ...options });

const times = ({ preview }: ImportReport): Record<string, string> =>
  Object.fromEntries((preview?.first ?? []).map(({ id, orderedAt }) => [id, orderedAt]));

/** A row of `ORDER_COLUMNS`. */
const row = (id: string, at: string, price: string, quantity = '1', currency = 'EUR'): string =>
  [id, at, 'ada', 'Germany', currency, 'mug', 'Mug', 'Kitchen', `"${price}"`, quantity].join(',');

describe('the numbers of a file', () => {
  it('have points as groups where it has decimal commas', async () => {
    const report = await dryRun('german-thousands.csv');
    expect(totals(report)).toEqual({ GT1: '1250000.00 EUR', GT2: '15.00 EUR' });
    expect(report.plan.numbers).toBe('decimal comma: "7,50" in row 3 is 7.5');
  });

  it('may have decimal commas, also beside groups', async () => {
    expect(totals(await dryRun('german.csv'))).toEqual({ D1: '18.95 EUR' });
    expect(totals(await dryRun('decimal-comma.csv'))).toEqual({ 'DC-1': '25.00 BRL', 'DC-2': '1234.50 BRL' });
  });

  it('may have groups, signs and exponents that hide nothing', async () => {
    const report = await dryRun('thousands.csv', { reportingCurrency: 'USD' });
    // TH-1 to TH-5, TH-7, TH-15, TH-16 and TH-20: 1234.50 and eight times 12.50.
    expect(report).toMatchObject({ orders: 9, leftOut: 11 });
    const dollars = report.money.find(({ currency }) => currency === 'USD');
    expect(dollars?.imported.orders).toBe('1334.50');
    expect(report.plan.numbers).toBe(
      'decimal point: "4.999" in row 12 is 4.999; ' +
        'unit_price: 4 numbers with signs or groups: "1,234.50" in row 2 is 1234.5',
    );
    // 43019.4166 may be a day of Excel, and 1507716000 seconds, but the other times are ISO 8601.
    expect(report.rejected.reasons).toContainEqual({
      label: 'ordered_at must be a date or time such as 2024-03-01 or 2024-03-01 09:30',
      rows: 2,
      firstRow: 7,
      firstDetail: '"43019.4166"',
    });
  });

  it('are asked about where the whole file allows both readings', async () => {
    const rows = [row('A', '2024-03-01', '1.250', '2'), row('B', '2024-03-01', '950')];
    await expect(imports.lines(rows)).rejects.toThrow(
      'unit_price "1.250" in row 2 is 1.25 with a decimal point, or 1250 with a decimal comma',
    );
    expect(await imports.streams()).toEqual([]);
    const point = await imports.lines(rows, { decimal: 'point', dryRun: true });
    expect(totals(point)).toEqual({ A: '2.50 EUR', B: '950.00 EUR' });
    const comma = await imports.lines(rows, { decimal: 'comma', dryRun: true });
    expect(totals(comma)).toEqual({ A: '2500.00 EUR', B: '950.00 EUR' });
  });

  it('are read again where only the last row shows what they are', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => row(`R${i}`, '2024-03-01', '1.250'));
    const report = await imports.lines([...rows, row('S', '2024-03-01', '7,50')], { dryRun: true });
    expect(report).toMatchObject({ orders: 2_501, leftOut: 0 });
    expect(report.money).toMatchObject([{ currency: 'EUR', imported: { orders: '3125007.50' } }]);
  });

  it('are in the currency of their row', async () => {
    const rows = [row('A', '2024-03-01', '$5.00', '1', 'USD'), row('B', '2024-03-01', '$5.00')];
    const report = await imports.lines(rows, { dryRun: true, reportingCurrency: 'EUR' });
    expect(totals(report)).toEqual({ A: '5.00 USD' });
    expect(report.rejected.reasons).toMatchObject([
      {
        label: 'unit_price is in $, but the currency of the row is EUR',
        firstRow: 3,
        firstDetail: '"$5.00"',
      },
    ]);
  });

  it('that a program wrote as binary floats are what they mean', async () => {
    const report = await imports.lines([row('A', '2024-03-01', '243.98000000000002')], { dryRun: true });
    expect(totals(report)).toEqual({ A: '243.98 EUR' });
    expect(report.plan.numbers).toContain('unit_price: 1 binary floats read as the short decimals');
  });
});

describe('the times of a file', () => {
  const UCI = {
    map: {
      order_id: 'InvoiceNo',
      ordered_at: 'InvoiceDate',
      customer_id: 'CustomerID',
      product_id: 'StockCode',
      product_name: 'Description',
      unit_price: 'UnitPrice',
    },
    defaults: { currency: 'GBP', category: 'Gifts' },
    creditNotePrefix: 'C',
  };

  it('have the one format that fits every row', async () => {
    await expect(dryRun('uci.csv', { ...UCI, layout: 'none' })).rejects.toThrow(
      'ordered_at "12/1/2010 8:26" in row 2 is 2010-12-01 08:26:00 as M/D/YYYY, or 2010-01-12 08:26:00 as ' +
        'D/M/YYYY, and no row of the file decides. Say which it is: --date-format M/D/YYYY',
    );
    const asked = await dryRun('uci.csv', { ...UCI, dateFormat: 'M/D/YYYY' });
    expect(times(asked)).toEqual({
      536365: '2010-12-01T08:26:00.000Z',
      C536379: '2010-12-01T09:41:00.000Z',
    });
    expect(asked.plan.times).toBe('M/D/YYYY: "12/1/2010 8:26" in row 2 is 2010-12-01 08:26:00');
  });

  it('are read again where only the last row shows what they are', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => row(`R${i}`, '3/4/2024', '1.5'));
    const report = await imports.lines([...rows, row('S', '31/3/2024', '1.5')], { dryRun: true });
    expect(report.preview?.months.map(({ month, orders }) => [month, orders])).toEqual([
      ['2024-03', 1],
      ['2024-04', 2_500],
    ]);
  });

  it('are those of a public sample', async () => {
    const options = {
      map: { order_id: 'Order ID', ordered_at: 'Order Date', line_total: 'Sales', discount_rate: 'Discount' },
      defaults: { currency: 'USD' },
      dateFormat: 'M/D/YYYY',
    };
    const report = await dryRun('superstore.csv', options);
    expect(times(report)).toEqual({ 'CA-1': '2016-11-08T00:00:00.000Z', 'US-2': '2015-10-11T00:00:00.000Z' });
    expect(totals(report)).toEqual({ 'CA-1': '261.96 USD', 'US-2': '957.58 USD' });
  });

  it('say what is no format', async () => {
    await expect(dryRun('german.csv', { dateFormat: 'sometimes' })).rejects.toThrow(
      '--date-format "sometimes" is no format. Give auto, iso, excel',
    );
  });
});
