import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { createTestStore, type TestStore } from '../../../test/support/store';
import type { RecordedEvent } from '../../event-store/event-store';
import { InputError } from '../input-error';
import { type ImportEnvironment, type ImportOptions, importOrders } from './import-orders';

let test: TestStore;
let folder: string;

beforeEach(async () => {
  test = await createTestStore();
  folder = await mkdtemp(path.join(tmpdir(), 'tidemark-import-'));
});
afterEach(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

const HEADER =
  'order_id,ordered_at,customer_id,country,currency,product_id,product_name,category,unit_price,quantity';

async function fileOf(content: string | Buffer, name = 'orders.csv'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const csv = (...lines: string[]): string => `${[HEADER, ...lines].join('\n')}\n`;

function importFile(options: ImportOptions, environment: Partial<ImportEnvironment> = {}) {
  return importOrders(options, { pool: test.database.pool, store: test.store, ...environment });
}

/** Imports one file of these lines. */
async function importLines(lines: string[], options: Partial<ImportOptions> = {}) {
  return importFile({ file: await fileOf(csv(...lines)), ...options });
}

/** The whole log but the settings, oldest first. */
async function log(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of test.store.readAll(null)) events.push(...batch.events);
  return events.filter(({ stream }) => stream !== 'store');
}

const streams = async () => (await log()).map(({ stream }) => stream);

/** Every rejected row as `row: reason`. */
async function rejectedRows(lines: string[], options: Partial<ImportOptions> = {}): Promise<string[]> {
  const rejects = path.join(folder, 'rejects.csv');
  await importLines(lines, { ...options, rejects });
  const rows = (await readFile(rejects, 'utf8')).trimEnd().split('\n').slice(1);
  return rows.map((row) => row.split(',').slice(0, 3).join(' '));
}

describe('an import', () => {
  it('groups lines over the whole file and appends orders by their earliest time, then id', async () => {
    const report = await importLines([
      'B,2024-01-02 09:00:00,ada,France,EUR,P1,Pan,Kitchen,2.50,2',
      'A,2024-01-02 09:00:00,,Spain,EUR,P2,Pot,Kitchen,1.005,3',
      'C,2024-01-03,bob,Italy,EUR,P3,Pen,Office,1,1',
      'C,2024-01-01,bob,Italy,EUR,P1,Pan,Kitchen,2.50,1',
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
    const events = await log();
    expect(events.map(({ stream, occurredAt }) => [stream, new Date(occurredAt).toISOString()])).toEqual([
      ['order-C', '2024-01-01T00:00:00.000Z'],
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
    expect(await importLines([line, line])).toMatchObject({ lines: 2, gross: [{ orders: '10.00' }] });
  });

  it('reads shipping, tax, discounts and rates, and applies a rate to the rounded gross', async () => {
    const header = `${HEADER},discount_rate,shipping,tax,exchange_rate,region`;
    const file = await fileOf(
      [
        header,
        'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,0.333,10,0.15,32.38,4.10,,Brittany',
        'A,2024-01-01,ada,France,EUR,P2,Pot,Kitchen,10,1,0,32.38,4.10,,Brittany',
        'B,2024-01-02,ada,France,GBP,P2,Pot,Kitchen,10,1,,,,1.25,',
      ].join('\n'),
    );
    await importFile({ file });
    const [a, b] = await log();
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

  it('makes a credit note of an id with the prefix, and of a document that only takes back', async () => {
    const report = await importLines(
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
    expect(await log()).toMatchObject([
      { stream: 'creditnote-C1', data: { amount: 500, lines: [{ quantity: 2, amount: 500 }] } },
      {
        stream: 'creditnote-7',
        data: { customerId: null, amount: 1200, lines: [{ quantity: 1 }, { quantity: 4 }] },
      },
    ]);
  });

  it('rejects what cannot be used, row by row, and imports the rest of the document', async () => {
    const ok = 'ada,France,EUR,P1,Pan,Kitchen,2.50';
    const rejected = await rejectedRows(
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
      { creditNotePrefix: 'C' },
    );
    expect(rejected).toEqual([
      '3 A negative price: -2.5',
      '4 A zero quantity',
      '5 A quantity of the wrong sign: an order sells',
      '6 A "unreadable quantity: ""x"" is not a plain decimal such as 12.50"',
      '7 A "unreadable ordered_at: ""soon"" is not an ISO 8601 date or time"',
      '8  empty order_id',
      '9 A empty product_id',
      '11 C1 quantity of the wrong sign: a credit note takes back',
      '12 A fewer cells than the header: 9 instead of 10',
      expect.stringMatching(/^13 B currency must be an ISO 4217 currency code/),
      expect.stringMatching(/^14 B currency must be an ISO 4217 currency code/),
      expect.stringMatching(/^15 A .*unit_price must be a decimal with at most 4 decimals/),
      expect.stringMatching(/^16 A unit_price times the quantity is too large an amount/),
      expect.stringMatching(/^17 D ordered_at lies in the future/),
      '18 E negative price: -1',
    ]);
    expect(await log()).toMatchObject([
      { stream: 'order-A', data: { lines: [{ quantity: 1 }] } },
      { stream: 'creditnote-C1', data: { lines: [{ quantity: 1 }] } },
    ]);
  });

  it('decides what a document is by all its readable quantities, also those of rejected rows', async () => {
    const rejected = await rejectedRows([
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,-1',
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,-2.50,1',
    ]);
    expect(rejected).toEqual(['2 A quantity of the wrong sign: an order sells', '3 A negative price: -2.5']);
    expect(await log()).toEqual([]);
  });

  it('adds nothing the second time', async () => {
    const lines = [
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      // Refused by the command, so that the document stands there without it.
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,999999999999,999999999',
      'B,2024-01-02,ada,France,EUR,P1,Pan,Kitchen,2.50,-1',
    ];
    const first = await importLines(lines);
    expect(first).toMatchObject({ orders: 1, creditNotes: 1, alreadyThere: 0, rejected: { rows: 1 } });
    const before = await log();
    const second = await importLines(lines);
    expect(second).toMatchObject({ orders: 0, creditNotes: 0, lines: 0, alreadyThere: 2, gross: [] });
    expect(second.rejected).toEqual(first.rejected);
    expect(await log()).toEqual(before);
  });

  it('rejects a document that is there with different content', async () => {
    await importLines(['A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1']);
    const report = await importLines([
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,2',
      'B,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
    ]);
    expect(report).toMatchObject({
      orders: 1,
      alreadyThere: 0,
      rejected: { rows: 1, reasons: [{ label: 'already there with different content', firstRow: 2 }] },
    });
  });

  it('without appends reports the same', async () => {
    const lines = [
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      'B,2024-01-02,ada,France,XXX,P1,Pan,Kitchen,2.50,1',
      'C,2024-01-02,ada,France,EUR,P1,Pan,Kitchen,2.50,-1',
    ];
    const dry = await importLines(lines, { dryRun: true });
    expect(await test.store.head()).toBeNull();
    const { seconds: _, ...real } = await importLines(lines);
    expect(dry).toMatchObject({ ...real, dryRun: true });
    expect(await importLines(lines, { dryRun: true })).toMatchObject({ orders: 0, alreadyThere: 2 });
  });

  it('takes what is said once per order from its first row, and counts where others differ', async () => {
    const report = await importLines([
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      'A,2024-01-01,bob,Spain,EUR,P1,Pan,Kitchen,2.50,1',
      'B,2024-01-01,bob,Spain,EUR,P1,Pan,Kitchen,2.50,1',
    ]);
    expect(report.differing).toEqual({ customer_id: 1, country: 1 });
    expect(await log()).toMatchObject([{ data: { customerId: 'ada', country: 'France' } }, {}]);
  });

  it('reads gzip and standard input, and tells them by their first bytes', async () => {
    const text = csv('Ä🌊,2024-01-01,ünï,France,EUR,P1,"Pan, ""big""",Küche,2.50,1');
    await importFile({ file: await fileOf(gzipSync(text), 'orders.csv.gz') });
    expect(await log()).toMatchObject([
      {
        stream: 'order-Ä🌊',
        data: { customerId: 'ünï', lines: [{ productName: 'Pan, "big"', category: 'Küche' }] },
      },
    ]);
    const again = await importFile({ file: '-' }, { stdin: Readable.from([gzipSync(text)]) });
    expect(again.alreadyThere).toBe(1);
    const plain = await importFile({ file: '-' }, { stdin: Readable.from([Buffer.from(`\uFEFF${text}`)]) });
    expect(plain.alreadyThere).toBe(1);
  });

  it('reads xz', async () => {
    const report = await importFile({ file: path.join(__dirname, 'fixtures/three-orders.csv.xz') });
    expect(report).toMatchObject({ rows: 3, orders: 3, gross: [{ orders: '6.00' }] });
  });

  it('maps, defaults and other encodings', async () => {
    const text = 'Invoice;StockCode;Description;Quantity;InvoiceDate;Price;Customer ID;Country\n';
    const rows = '536365;85123A;Gift Voucher £10;6;2010-12-01 08:26:00;2.55;17850;United Kingdom\n';
    const report = await importFile({
      file: await fileOf(Buffer.from(text + rows, 'latin1')),
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
    expect(report).toMatchObject({ orders: 1, ignoredColumns: [] });
    expect(await log()).toMatchObject([
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
    const report = await importLines([...linesOf('A', 5_000), ...linesOf('B', 12_000)]);
    expect(report).toMatchObject({
      orders: 1,
      lines: 5_000,
      gross: [{ orders: '15150.00' }],
      rejected: { rows: 12_000, reasons: [{ label: 'payload too large', firstRow: 5_002 }] },
    });
    expect(await log()).toMatchObject([{ data: { gross: 1_515_000 } }]);
  });

  it('that is stopped goes on where it was', async () => {
    const lines = Array.from(
      { length: 400 },
      (_, i) => `O${String(i).padStart(3, '0')},2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1`,
    );
    const stop = new AbortController();
    const file = await fileOf(csv(...lines));
    const first = await importFile(
      { file, concurrency: 8 },
      { signal: stop.signal, onDocuments: (done) => done === 100 && stop.abort() },
    );
    expect(first).toMatchObject({ interrupted: true, documents: 400 });
    expect(first.orders).toBeGreaterThanOrEqual(100);
    expect(first.orders).toBeLessThan(400);
    const second = await importFile({ file });
    expect(second).toMatchObject({
      interrupted: false,
      orders: 400 - first.orders,
      alreadyThere: first.orders,
    });
    // In order, although the first run stopped in the middle of what was in flight.
    expect(await streams()).toEqual(lines.map((line) => `order-${line.slice(0, 4)}`));
  });

  it('leaves the same log every time, in the order of the documents', async () => {
    const lines = Array.from(
      { length: 1_000 },
      (_, i) => `O${i},2024-01-01 ${String((i * 7) % 24).padStart(2, '0')}:00,ada,France,EUR,P1,Pan,K,1,1`,
    );
    await importLines(lines);
    const sorted = (await log()).toSorted(
      (a, b) => a.occurredAt - b.occurredAt || (a.stream < b.stream ? -1 : 1),
    );
    expect(await streams()).toEqual(sorted.map(({ stream }) => stream));
  });

  it('settles the currency of a new store by the first order, not by whichever is quickest', async () => {
    await importLines([
      'B,2024-01-02,ada,France,USD,P1,Pan,Kitchen,1,1',
      'X,2024-01-01,ada,France,XXX,P1,Pan,Kitchen,1,1',
      'A,2024-01-01,ada,France,JPY,P1,Pan,Kitchen,1,1',
    ]);
    for await (const events of test.store.readStream('store'))
      expect(events).toMatchObject([{ data: { reportingCurrency: 'JPY' } }]);
  });

  it('of a header without rows imports nothing, and says so', async () => {
    expect(await importLines([])).toMatchObject({ rows: 0, documents: 0, rejected: { rows: 0 } });
  });

  it('writes rejects that can be mended and imported again', async () => {
    const rejects = path.join(folder, 'rejects.csv');
    await importLines(['A,2024-01-01,ada,France,EUR,P1,"Pan, big",Kitchen,2.50,0'], { rejects });
    const text = await readFile(rejects, 'utf8');
    expect(text).toBe(
      `row_number,document_id,reject_reason,${HEADER}\n2,A,zero quantity,A,2024-01-01,ada,France,EUR,P1,"Pan, big",Kitchen,2.50,0\n`,
    );
    const mended = await fileOf(text.replace('2.50,0', '2.50,1'), 'mended.csv');
    expect(await importFile({ file: mended })).toMatchObject({ orders: 1, rejected: { rows: 0 } });
  });

  it('rejects a row with a huge field and imports the others', async () => {
    const report = await importLines([
      `A,2024-01-01,ada,France,EUR,P1,${'x'.repeat(70_000)},Kitchen,2.50,1`,
      'B,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
    ]);
    expect(report).toMatchObject({
      orders: 1,
      rejected: { rows: 1, reasons: [{ label: 'huge field', firstRow: 2 }] },
    });
  });
});

describe('a file that cannot be imported', () => {
  const good = 'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1';

  it.each<[string, Partial<ImportOptions>, string | Buffer, RegExp]>([
    ['is empty', {}, '', /is empty/],
    [
      'lacks columns',
      {},
      `order_id,quantity\nA,1\n`,
      /no column for ordered_at, country, currency.*"order_id", "quantity"/s,
    ],
    ['has a map to nowhere', { map: { tax: 'VAT' } }, csv(good), /no column is called "VAT"/],
    ['has a default for no field', { defaults: { vat: '1' } }, csv(good), /--default names "vat"/],
    ['is not UTF-8', {}, Buffer.concat([Buffer.from(csv(good)), Buffer.from([0xff])]), /offset \d+, line 3/],
    ['has a broken quote', {}, csv(good, 'B,"x"y'), /Row 3 \(line 3\) has a broken quote/],
    ['never closes a quote', {}, csv(good, 'B,"x'), /quote that opens in row 3 is never closed/],
    ['has a huge row', {}, csv(good, `B,"${'x'.repeat(1_100_000)}"`), /Row 3 \(line 3\) is larger/],
    ['is half a gzip file', {}, gzipSync(csv(good)).subarray(0, 40), /cut short, damaged or no gzip/],
  ])('%s', async (_, options, content, message) => {
    const attempt = importFile({ file: await fileOf(content), ...options });
    await expect(attempt).rejects.toBeInstanceOf(InputError);
    await expect(attempt).rejects.toThrow(message);
    expect(await test.store.head()).toBeNull();
  });

  it('is not there, or is a folder, or its rejects have no place', async () => {
    await expect(importFile({ file: path.join(folder, 'none.csv') })).rejects.toThrow(
      /there is no such file/,
    );
    await expect(importFile({ file: folder })).rejects.toThrow(/is a folder/);
    const rejects = path.join(folder, 'no/such/folder.csv');
    await expect(importFile({ file: await fileOf(csv(good)), rejects })).rejects.toThrow(
      /Cannot write the rejects/,
    );
  });

  it('leaves no connection behind', async () => {
    await expect(importFile({ file: await fileOf('') })).rejects.toThrow(InputError);
    const { pool } = test.database;
    expect(pool.totalCount - pool.idleCount).toBe(0);
  });
});
