import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createImportTest,
  csv,
  ORDER_COLUMNS as HEADER,
  type ImportTest,
} from '../../../test/support/imports';
import { createCommandContext, placeOrder } from '../../commands';
import type { RecordedEvent } from '../../event-store/event-store';

let imports: ImportTest;
beforeEach(async () => {
  imports = await createImportTest();
});
afterEach(() => imports.close());

describe('an import', () => {
  it('adds nothing the second time', async () => {
    const lines = [
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      // Refused by the command, so that the document stands there without it.
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,999999999999,999999999',
      'B,2024-01-02,ada,France,EUR,P1,Pan,Kitchen,2.50,-1',
    ];
    const first = await imports.lines(lines, { partialOrders: true });
    expect(first).toMatchObject({ orders: 1, creditNotes: 1, alreadyThere: 0, rejected: { rows: 1 } });
    const before = await imports.log();
    const second = await imports.lines(lines, { partialOrders: true });
    expect(second).toMatchObject({ orders: 0, creditNotes: 0, lines: 0, alreadyThere: 2, gross: [] });
    expect(second.rejected).toEqual(first.rejected);
    expect(await imports.log()).toEqual(before);
  });

  it('rejects a document that is there with different content, and says what differs', async () => {
    const rejects = path.join(imports.folder, 'rejects.csv');
    await imports.lines(['A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1']);
    const lines = [
      'A,2024-01-02,bob,France,EUR,P1,Pan,Kitchen,2.50,2',
      'A,2024-01-02,bob,France,EUR,P2,Pot,Kitchen,1,1',
      'B,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
    ];
    expect(await imports.lines(lines, { rejects })).toMatchObject({
      orders: 1,
      alreadyThere: 0,
      leftOut: 1,
      rejected: { rows: 2, reasons: [{ label: 'already there with different content', firstRow: 2 }] },
    });
    expect(await readFile(rejects, 'utf8')).toContain(
      'already there with different content: ordered_at 2024-01-02T00:00:00.000Z, there ' +
        '2024-01-01T00:00:00.000Z; customer_id bob, there ada; line 2 x P1 (Pan, Kitchen) at 2.50 is not ' +
        'there; line 1 x P2 (Pot, Kitchen) at 1.00 is not there; line 1 x P1 (Pan, Kitchen) at 2.50 is ' +
        'there, not here',
    );
  });

  it('takes lines in another order for the same order, with the money that is there', async () => {
    const folder = path.join(__dirname, '../../../test/cases/csv');
    await imports.file({ file: path.join(folder, 'same-order-other-row-order.csv') });
    const again = await imports.file({ file: path.join(folder, 'same-order-other-row-order-2.csv') });
    expect(again).toMatchObject({
      orders: 0,
      alreadyThere: 1,
      rejected: { rows: 0 },
      money: [{ currency: 'EUR', alreadyThere: { orders: '3.00' }, imported: { orders: '0.00' } }],
    });
    expect(await imports.log()).toHaveLength(1);
  });

  it('takes an order that was placed otherwise, with the same content, for the same order', async () => {
    const context = createCommandContext({ store: imports.store, reportingCurrency: 'EUR' });
    const line = { productId: 'P1', productName: 'Pan', category: 'Kitchen', unitPrice: '2.50', quantity: 1 };
    const order = { idempotencyKey: 'k', orderId: 'A', country: 'France', currency: 'EUR', lines: [line] };
    await placeOrder(context, { ...order, customerId: 'ada', placedAt: Date.UTC(2024, 0, 1) });
    expect(await imports.lines(['A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1'])).toMatchObject({
      alreadyThere: 1,
      leftOut: 0,
    });
  });

  it('without appends reports the same', async () => {
    const lines = [
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      'B,2024-01-02,ada,France,XXX,P1,Pan,Kitchen,2.50,1',
      'C,2024-01-02,ada,France,EUR,P1,Pan,Kitchen,2.50,-1',
    ];
    const dry = await imports.lines(lines, { dryRun: true });
    expect(await imports.store.head()).toBeNull();
    const { seconds: _, plan, ...real } = await imports.lines(lines);
    expect(dry).toMatchObject({ ...real, plan: { ...plan }, dryRun: true });
    expect(await imports.lines(lines, { dryRun: true })).toMatchObject({ orders: 0, alreadyThere: 2 });
  });

  it('that is stopped goes on where it was', async () => {
    const lines = Array.from(
      { length: 400 },
      (_, i) => `O${String(i).padStart(3, '0')},2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1`,
    );
    const stop = new AbortController();
    const file = await imports.write(csv(...lines));
    const first = await imports.file(
      { file, concurrency: 8 },
      { signal: stop.signal, onDocuments: (done) => done === 100 && stop.abort() },
    );
    expect(first).toMatchObject({ interrupted: true, documents: 400 });
    expect(first.orders).toBeGreaterThanOrEqual(100);
    expect(first.orders).toBeLessThan(400);
    const second = await imports.file({ file });
    expect(second).toMatchObject({
      interrupted: false,
      orders: 400 - first.orders,
      alreadyThere: first.orders,
    });
    // In order, although the first run stopped in the middle of what was in flight.
    expect(await imports.streams()).toEqual(lines.map((line) => `order-${line.slice(0, 4)}`));
  });

  it('leaves the same log every time, in the order of the documents', async () => {
    const lines = Array.from(
      { length: 1_000 },
      (_, i) => `O${i},2024-01-01 ${String((i * 7) % 24).padStart(2, '0')}:00,ada,France,EUR,P1,Pan,K,1,1`,
    );
    await imports.lines(lines);
    const sorted = (await imports.log()).toSorted(
      (a, b) => a.occurredAt - b.occurredAt || (a.stream < b.stream ? -1 : 1),
    );
    expect(await imports.streams()).toEqual(sorted.map(({ stream }) => stream));
  });

  it('writes rejects that can be mended and imported again', async () => {
    const rejects = path.join(imports.folder, 'rejects.csv');
    await imports.lines(['A,2024-01-01,ada,France,EUR,P1,"Pan, big",Kitchen,2.50,0'], { rejects });
    const text = await readFile(rejects, 'utf8');
    expect(text).toBe(
      `row_number,document_id,reject_reason,${HEADER}\n` +
        '2,A,quantity must not be zero,A,2024-01-01,ada,France,EUR,P1,"Pan, big",Kitchen,2.50,0\n',
    );
    const mended = await imports.write(text.replace('2.50,0', '2.50,1'), 'mended.csv');
    expect(await imports.file({ file: mended })).toMatchObject({ orders: 1, rejected: { rows: 0 } });
  });

  it('leaves the same store after the mended rejects as after the mended file', async () => {
    const rows = [
      'A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      'A,2024-01-01,ada,France,EUR,P2,Pot,Kitchen,BROKEN,1',
      // As good to the reader, and refused by the command.
      'B,2024-01-02,ada,France,EUR,P1,Pan,Kitchen,2.50,1',
      'B,2024-01-02,ada,France,EUR,P2,Pot,Kitchen,9999999999999,9999999',
      'C,2024-01-03,ada,France,EUR,P1,Pan,Kitchen,2.50,3',
    ];
    const mend = (text: string) => text.replaceAll('BROKEN', '1.00').replace('9999999999999,9999999', '7,2');
    const rejects = path.join(imports.folder, 'rejects.csv');
    expect(await imports.lines(rows, { rejects })).toMatchObject({
      orders: 1,
      leftOut: 2,
      rejected: { rows: 4 },
    });
    const mended = await imports.write(mend(await readFile(rejects, 'utf8')), 'mended.csv');
    expect(await imports.file({ file: mended })).toMatchObject({ orders: 2, leftOut: 0 });
    const told = (events: RecordedEvent[]) =>
      new Map(events.map(({ stream, type, data, occurredAt }) => [stream, { type, data, occurredAt }]));
    const inTwo = told(await imports.log());

    const other = await createImportTest();
    try {
      await other.lines(rows.map(mend));
      expect(told(await other.log())).toEqual(inTwo);
    } finally {
      await other.close();
    }
  });
});
