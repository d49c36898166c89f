import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  createImportTest,
  csv,
  ORDER_COLUMNS as HEADER,
  type ImportTest,
} from '../../../test/support/imports';

let imports: ImportTest;
beforeEach(async () => {
  imports = await createImportTest();
});
afterEach(() => imports.close());

describe('an import', () => {
  it('groups lines over the whole file and appends orders by their earliest time, then id', async () => {
    const report = await imports.lines([
      'B,2024-01-02 09:00:00,ada,France,EUR,P1,Pan,Kitchen,2.50,2',
      'A,2024-01-02 09:00:00,,Spain,EUR,P2,Pot,Kitchen,1.005,3',
      'C,2024-01-03,bob,Italy,EUR,P3,Pen,Office,1,1',
      'C,2024-01-02,bob,Italy,EUR,P1,Pan,Kitchen,2.50,1',
      'B,2024-01-02 08:59:59,ada,France,EUR,P2,Pot,Kitchen,1,1',
    ]);
    expect(report).toMatchObject({
      rows: 5,
      documents: 3,
      orders: 3,
      creditNotes: 0,
      lines: 5,
      alreadyThere: 0,
      rejected: { rows: 0, reasons: [] },
      gross: [{ currency: 'EUR', orders: '12.52', creditNotes: '0.00' }],
      interrupted: false,
    });
    const events = await imports.log();
    expect(events.map(({ stream, occurredAt }) => [stream, new Date(occurredAt).toISOString()])).toEqual([
      ['order-C', '2024-01-02T00:00:00.000Z'],
      ['order-B', '2024-01-02T08:59:59.000Z'],
      ['order-A', '2024-01-02T09:00:00.000Z'],
    ]);
    expect(events[1]).toMatchObject({
      type: 'OrderPlaced',
      data: {
        orderId: 'B',
        customerId: 'ada',
        country: 'France',
        region: null,
        lines: [
          { productId: 'P1', quantity: 2, unitPrice: '2.50', gross: 500 },
          { productId: 'P2', quantity: 1, gross: 100 },
        ],
        total: 600,
      },
      metadata: { idempotencyKey: 'import:B' },
    });
    expect(events[2]).toMatchObject({ data: { customerId: null, gross: 302 } });
  });

  it('keeps exact duplicates, which are lines of their own', async () => {
    const line = 'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,2';
    expect(await imports.lines([line, line])).toMatchObject({ lines: 2, gross: [{ orders: '10.00' }] });
  });

  it('reads shipping, tax, discounts and rates, and applies a rate to the rounded gross', async () => {
    const header = `${HEADER},discount_rate,shipping,tax,exchange_rate,region`;
    const file = await imports.write(
      [
        header,
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,0.333,10,0.15,32.38,4.10,,Brittany',
        'A,2024-01-01,ada,France,EUR,P2,Pot,Kitchen,10,1,0,32.38,4.10,,Brittany',
        'B,2024-01-02,ada,France,GBP,P2,Pot,Kitchen,10,1,,,,1.25,',
      ].join('\n'),
    );
    await imports.file({ file, reportingCurrency: 'EUR' });
    const [a, b] = await imports.log();
    // round(3.33 x 0.15) = 0.50
    expect(a?.data).toMatchObject({
      region: 'Brittany',
      lines: [{ gross: 333, discount: 50 }, { discount: 0 }],
      shipping: 3238,
      tax: 410,
      total: 1333 - 50 + 3238 + 410,
    });
    expect(b?.data).toMatchObject({ currency: 'GBP', exchangeRate: '1.25', shipping: 0, tax: 0 });
  });

  it('keeps shipping and tax of a credit note, whichever their sign', async () => {
    const file = await imports.write(
      [
        `${HEADER},shipping,tax`,
        'CN1,2024-03-05,ada,UK,GBP,mug,Mug,Kitchen,7.50,-1,-3.95,-1.00',
        'CN2,2024-03-05,ada,UK,GBP,mug,Mug,Kitchen,7.50,-1,3.95,1.00',
        'CN3,2024-03-05,ada,UK,GBP,mug,Mug,Kitchen,7.50,-1,,',
      ].join('\n'),
    );
    await imports.file({ file });
    const given = (await imports.log()).map(({ data }) => data);
    expect(given).toMatchObject([
      { amount: 750, shipping: 395, tax: 100 },
      { amount: 750, shipping: 395, tax: 100 },
      { amount: 750 },
    ]);
    expect(given[2]).not.toHaveProperty('shipping');
  });

  it('makes a credit note of an id with the prefix, and of a document that only takes back', async () => {
    const report = await imports.lines(
      [
        'C1,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,-2',
        '7,2024-01-02,,France,EUR,P1,Pan,Kitchen,0,-1',
        '7,2024-01-02,,France,EUR,P2,Pan,Kitchen,3,-4',
      ],
      { creditNotePrefix: 'C' },
    );
    expect(report).toMatchObject({
      orders: 0,
      creditNotes: 2,
      gross: [{ orders: '0.00', creditNotes: '17.00' }],
    });
    expect(await imports.log()).toMatchObject([
      { stream: 'creditnote-C1', data: { amount: 500, lines: [{ quantity: 2, amount: 500 }] } },
      {
        stream: 'creditnote-7',
        data: { customerId: null, amount: 1200, lines: [{ quantity: 1 }, { quantity: 4 }] },
      },
    ]);
  });

  it('with --partial-orders rejects what cannot be used, and imports the rest of the document', async () => {
    const ok = 'ada,France,EUR,P1,Pan,Kitchen,2.50';
    const rejected = await imports.rejectedRows(
      [
        `A,2024-01-01,${ok},1`, // 2
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,-2.50,1', // 3
        `A,2024-01-01,${ok},0`, // 4
        `A,2024-01-01,${ok},-1`, // 5
        `A,2024-01-01,${ok},x`, // 6
        `A,soon,${ok},1`, // 7
        `,2024-01-01,${ok},1`, // 8
        'A,2024-01-01,ada,France,EUR,,Pan,Kitchen,2.50,1', // 9
        `C1,2024-01-01,${ok},-1`, // 10
        `C1,2024-01-01,${ok},1`, // 11
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50', // 12
        'B,2024-01-01,ada,France,XXX,P1,Pan,Kitchen,2.50,1', // 13
        'B,2024-01-01,ada,France,XXX,P1,Pan,Kitchen,2.50,1', // 14
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50001,1', // 15
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,999999999999,999999999', // 16
        `D,2999-01-01,${ok},1`, // 17
        'E,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,-1,1', // 18
      ],
      { creditNotePrefix: 'C', partialOrders: true },
    );
    expect(rejected).toEqual([
      '3 A unit_price must not be negative: -2.5',
      '4 A quantity must not be zero',
      '5 A quantity of the wrong sign: an order sells',
      '6 A "quantity must be a whole number: ""x"""',
      '7 A "ordered_at must be a date or time such as 2024-03-01 or 2024-03-01 09:30: ""soon"""',
      '8  order_id must not be empty',
      '9 A product_id must not be empty',
      '11 C1 quantity of the wrong sign: a credit note takes back',
      '12 A fewer cells than the header: 9 instead of 10',
      expect.stringMatching(/^13 B currency must be an ISO 4217 currency code/),
      '14 B with row 13',
      '15 A unit_price must have at most 4 decimals',
      expect.stringMatching(/^16 A unit_price times the quantity is too large an amount/),
      expect.stringMatching(/^17 D ordered_at lies in the future/),
      '18 E unit_price must not be negative: -1',
    ]);
    expect(await imports.log()).toMatchObject([
      { stream: 'order-A', data: { lines: [{ quantity: 1 }] } },
      { stream: 'creditnote-C1', data: { lines: [{ quantity: 1 }] } },
    ]);
  });

  it('decides what a document is by all its readable quantities, also those of rejected rows', async () => {
    const rejected = await imports.rejectedRows(
      [
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,-1',
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,-2.50,1',
      ],
      { partialOrders: true },
    );
    expect(rejected).toEqual([
      '2 A quantity of the wrong sign: an order sells',
      '3 A unit_price must not be negative: -2.5',
    ]);
    expect(await imports.log()).toEqual([]);
  });

  it('takes what is said once per order from the first row that says it, refused or not', async () => {
    const report = await imports.lines(
      [
        'A,2024-01-01,,,,P0,Pan,Kitchen,2.50,0',
        'A,2024-01-01,ada,,EUR,P1,Pan,Kitchen,2.50,0',
        'A,,,Spain,,P1,Pan,Kitchen,2.50,1',
        'B,2024-01-01,bob,,EUR,P1,Pan,Kitchen,2.50,1',
      ],
      { defaults: { country: 'France', currency: 'USD' }, partialOrders: true },
    );
    expect(report).toMatchObject({ orders: 2, partial: { documents: 1, ids: ['A'] } });
    expect(await imports.log()).toMatchObject([
      { data: { customerId: 'ada', country: 'Spain', currency: 'EUR' } },
      { data: { customerId: 'bob', country: 'France', currency: 'EUR' } },
    ]);
  });

  it('reads gzip and standard input, and tells them by their first bytes', async () => {
    const text = csv('Ä🌊,2024-01-01,ünï,France,EUR,P1,"Pan, ""big""",Küche,2.50,1');
    await imports.file({ file: await imports.write(gzipSync(text), 'orders.csv.gz') });
    expect(await imports.log()).toMatchObject([
      {
        stream: 'order-Ä🌊',
        data: { customerId: 'ünï', lines: [{ productName: 'Pan, "big"', category: 'Küche' }] },
      },
    ]);
    const again = await imports.file({ file: '-' }, { stdin: Readable.from([gzipSync(text)]) });
    expect(again.alreadyThere).toBe(1);
    const plain = await imports.file({ file: '-' }, { stdin: Readable.from([Buffer.from(`\uFEFF${text}`)]) });
    expect(plain.alreadyThere).toBe(1);
  });

  it('reads xz', async () => {
    const report = await imports.file({
      file: path.join(__dirname, '../../../test/fixtures/three-orders.csv.xz'),
    });
    expect(report).toMatchObject({ rows: 3, orders: 3, gross: [{ orders: '6.00' }] });
  });

  it('maps, defaults and other encodings', async () => {
    const text = 'Invoice;StockCode;Description;Quantity;InvoiceDate;Price;Customer ID;Country\n';
    const rows = '536365;85123A;Gift Voucher £10;6;2010-12-01 08:26:00;2.55;17850;United Kingdom\n';
    const report = await imports.file({
      file: await imports.write(Buffer.from(text + rows, 'latin1')),
      encoding: 'latin1',
      delimiter: ';',
      timeZone: 'America/New_York',
      map: {
        order_id: 'Invoice',
        product_id: 'StockCode',
        product_name: 'Description',
        ordered_at: 'InvoiceDate',
        unit_price: 'Price',
      },
      defaults: { currency: 'GBP', category: 'Gifts' },
    });
    expect(report).toMatchObject({ orders: 1, plan: { ignoredColumns: [] } });
    expect(await imports.log()).toMatchObject([
      {
        occurredAt: Date.UTC(2010, 11, 1, 13, 26),
        data: { customerId: '17850', lines: [{ productName: 'Gift Voucher £10', category: 'Gifts' }] },
      },
    ]);
  });

  it('takes an order of 5,000 lines, and rejects one that is too large for an event', async () => {
    const linesOf = (id: string, count: number) =>
      Array.from(
        { length: count },
        (_, i) => `${id},2024-01-01,ada,France,EUR,P${i},N,K,1.01,${(i % 5) + 1}`,
      );
    const report = await imports.lines([...linesOf('A', 5_000), ...linesOf('B', 12_000)]);
    expect(report).toMatchObject({
      orders: 1,
      lines: 5_000,
      gross: [{ orders: '15150.00' }],
      leftOut: 1,
      rejected: { rows: 12_000, reasons: [{ label: 'payload too large', rows: 1, firstRow: 5_002 }] },
    });
    expect(await imports.log()).toMatchObject([{ data: { gross: 1_515_000 } }]);
  });

  it('of a header without rows imports nothing, and says so', async () => {
    expect(await imports.lines([])).toMatchObject({ rows: 0, documents: 0, rejected: { rows: 0 } });
  });

  it('rejects a row with a huge field and imports the others', async () => {
    const report = await imports.lines([
      `A,2024-01-01,ada,France,EUR,P1,${'x'.repeat(70_000)},Kitchen,2.50,1`,
      'B,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
    ]);
    expect(report).toMatchObject({
      orders: 1,
      rejected: { rows: 1, reasons: [{ label: 'huge field', firstRow: 2 }] },
    });
  });
});
