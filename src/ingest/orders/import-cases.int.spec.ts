import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createImportTest, type ImportTest, totals } from '../../../test/support/imports';
import type { ImportOptions } from './import-orders';
import type { ImportReport } from './report';

/** Files that went wrong once, with what is right. */
const CASES = path.join(__dirname, '../../../test/cases/csv');

let imports: ImportTest;
beforeAll(async () => {
  imports = await createImportTest();
});
afterAll(() => imports.close());

/** Imports a file without keeping anything, so that all cases can share a store. */
const dryRun = (file: string, options: Partial<ImportOptions> = {}): Promise<ImportReport> =>
  imports.file({ file: path.join(CASES, file), dryRun: true, ...options });

async function rejectsOf(file: string, options: Partial<ImportOptions> = {}): Promise<string[]> {
  const rejects = path.join(imports.folder, `rejects-${file}`);
  await dryRun(file, { ...options, rejects });
  const rows = (await readFile(rejects, 'utf8')).trimEnd().split('\n').slice(1);
  return rows.map((row) => /^(\d+,[^,]*,(?:"(?:[^"]|"")*"|[^,]*))/.exec(row)?.[1] ?? row);
}

describe('an order of which a row is refused', () => {
  it.each<[string, string[]]>([
    [
      '04-import-partial.csv',
      ['2,P-1,with row 3', '3,P-1,"unit_price must be a number such as 12.50 or 1,234.50: ""90,00"""'],
    ],
    ['ragged.csv', ['2,RA1,with row 3', '3,RA1,fewer cells than the header: 11 instead of 14']],
    ['exchange.csv', ['2,EX1,with row 3', '3,EX1,quantity of the wrong sign: an order sells']],
    [
      'twocur.csv',
      ['2,TC1,with row 3', '3,TC1,"currency differs within the order: ""JPY"", but ""GBP"" in row 2"'],
    ],
  ])('is left out whole: %s', async (file, rows) => {
    expect(await rejectsOf(file, { reportingCurrency: 'GBP' })).toEqual(rows);
    expect(await dryRun(file, { reportingCurrency: 'GBP' })).toMatchObject({
      orders: 0,
      leftOut: 1,
      rejected: { rows: 2 },
    });
  });

  it('is imported without it where that is asked for, and named', async () => {
    const report = await dryRun('ragged.csv', { partialOrders: true });
    expect(report).toMatchObject({ orders: 1, leftOut: 0, partial: { documents: 1, ids: ['RA1'] } });
    expect(totals(report)).toEqual({ RA1: '12.45 GBP' });
  });
});

describe('a row that names no order', () => {
  const rows = [
    'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
    ',,,,,P2,Pot,Kitchen,1,1',
    'B,2024-01-02,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
  ];

  it('may be a line of the order above, which is left out with it', async () => {
    const rejected = await imports.rejectedRows(rows, { dryRun: true });
    expect(rejected).toEqual(['2 A with row 3', '3 A order_id must not be empty']);
  });

  it('is rejected alone where orders may come in part', async () => {
    const rejected = await imports.rejectedRows(rows, { dryRun: true, partialOrders: true });
    expect(rejected).toEqual(['3  order_id must not be empty']);
  });
});

describe('an id that means several orders', () => {
  it('is refused where its days lie apart', async () => {
    expect(await rejectsOf('reused.csv')).toEqual([
      '2,1001,one order_id on several days: 2022-01-05 and 2023-01-05; is the id used again? ' +
        '--same-order-days 365 takes them for one order',
      '3,1001,with row 2',
    ]);
    expect(await dryRun('reused.csv', { sameOrderDays: 365 })).toMatchObject({ orders: 1, lines: 2 });
  });

  it('is refused where a spreadsheet has rounded it', async () => {
    expect(await dryRun('sci.csv')).toMatchObject({
      orders: 0,
      rejected: { rows: 3, reasons: [{ label: 'order_id was rounded by a spreadsheet', rows: 3 }] },
    });
  });
});

describe('a text that stands for nothing', () => {
  it('is warned of', async () => {
    const { plan } = await dryRun('null.csv', { partialOrders: true });
    expect(plan.warnings).toEqual(
      ['"NULL" was taken as it is in 3', '"N/A" was taken as it is in 1', '"-" was']
        .map((text) => expect.stringContaining(text))
        .concat([expect.stringContaining('"null"'), expect.stringContaining('"\\\\N"')]),
    );
  });

  it('is none where it is named', async () => {
    const report = await dryRun('null.csv', { nulls: ['NULL', 'N/A', '-', 'null', '\\N'] });
    expect(report).toMatchObject({ orders: 6, leftOut: 0, plan: { warnings: [] } });
    expect(report.preview?.first).toMatchObject([
      { id: 'NU1', customerId: null },
      { id: 'NU2', customerId: null },
      { id: 'NU3', customerId: null, region: null },
    ]);
  });
});

describe('amounts', () => {
  it('of a line are added up to those of the order', async () => {
    const map = { line_shipping: 'shipping', line_tax: 'tax' };
    const report = await dryRun('linetax.csv', { map });
    expect(report.preview?.first).toMatchObject([{ shipping: '4.00', tax: '20.00', total: '124.00' }]);
    // Taken once where they are mapped to the order, as the plan says.
    expect((await dryRun('linetax.csv')).preview?.first).toMatchObject([{ total: '112.00' }]);
  });

  it('are no rates, and a column is claimed once', async () => {
    await expect(dryRun('discount-both.csv')).rejects.toThrow(/"Discount" may be an amount or a rate/);
    const rate = await dryRun('discount-both.csv', { map: { discount_rate: 'Discount' } });
    expect(totals(rate)).toEqual({ 'S-1': '180.00 USD' });
    expect(totals(await dryRun('discount-both-mended.csv'))).toEqual({ 'S-1': '180.00 USD' });
    const map = {
      order_id: 'Order ID',
      ordered_at: 'Order Date',
      product_name: 'Product Name',
      line_total: 'Sales',
    };
    const superstore = { map, defaults: { currency: 'USD' }, layout: 'none' };
    await expect(dryRun('superstore-iso.csv', superstore)).rejects.toThrow(
      /"Discount" may be an amount or a rate/,
    );
    const right = await dryRun('superstore-iso.csv', {
      ...superstore,
      map: { ...map, discount_rate: 'Discount' },
    });
    // 261.96 and 957.5775, which is rounded once.
    expect(totals(right)).toEqual({ 'CA-1': '261.96 USD', 'US-2': '957.58 USD' });
  });

  it('below zero are a discount of the order, unless they are to be refused', async () => {
    const refused = await dryRun('exchange-line.csv', { negativeLinesAreDiscounts: false });
    expect(refused).toMatchObject({ orders: 0, leftOut: 2 });
    const report = await dryRun('exchange-line.csv');
    expect(totals(report)).toEqual({ 'EX-1': '103.00 USD' });
    expect(report).toMatchObject({ leftOut: 1, rejected: { rows: 2 } });
  });

  it('of a credit note are given back with discount, shipping and tax', async () => {
    const returned = await dryRun('credit-discount.csv', { creditNotePrefix: 'CCR' });
    expect(totals(returned)).toEqual({ 'CR-1': '193.00 USD', 'CCR-1': '193.00 USD' });
    expect(totals(await dryRun('cn.csv'))).toEqual({ CN1: '12.45 GBP', CN2: '11.50 GBP', CN3: '12.45 GBP' });
  });
});

describe('the settings of a store', () => {
  it.each(['first-currency.csv', 'first-currency-silent.csv'])(
    'are asked for where the file has several currencies: %s',
    async (file) => {
      await expect(dryRun(file)).rejects.toThrow(/--reporting-currency CAD.*REPORTING_CURRENCY/s);
      expect(await imports.store.head()).toBeNull();
      const report = await dryRun(file, { reportingCurrency: 'USD' });
      expect(report.plan.reportingCurrency).toEqual({ code: 'USD', from: 'option' });
      expect(report).toMatchObject({ orders: 3, leftOut: 0 });
    },
  );

  it('are not made of an order that is refused', async () => {
    const { plan } = await imports.lines(
      [
        'X,2024-01-01,ada,France,XXX,P1,Pan,Kitchen,1,1',
        'Y,2024-01-01,ada,France,JPY,P1,Pan,Kitchen,1.50,0',
        'A,2024-01-02,ada,France,JPY,P1,Pan,Kitchen,1,1',
      ],
      { dryRun: true },
    );
    expect(plan.reportingCurrency).toEqual({ code: 'JPY', from: 'file' });
  });

  it('have the zone of times without one', async () => {
    const settings = { timeZone: 'America/Sao_Paulo', reportingCurrency: 'BRL' };
    const file = path.join(CASES, '03-import-dates.csv');
    const { plan, preview } = await imports.file({ file, dryRun: true }, { settings });
    expect(plan.timeZone).toEqual({ name: 'America/Sao_Paulo', from: 'configuration' });
    expect(preview?.months).toContainEqual({
      month: '2024-03',
      currency: 'BRL',
      orders: 2,
      creditNotes: 0,
      net: '20.00',
    });
  });
});
