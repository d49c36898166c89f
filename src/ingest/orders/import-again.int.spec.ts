import { readFile } from 'node:fs/promises';
import path from 'node:path';
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

  it('rejects a document that is there with different content', async () => {
    await imports.lines(['A,2024-01-01,ada,France,EUR,P1,Pan,Kitchen,2.50,1']);
    const report = await imports.lines([
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
});
