import fc from 'fast-check';
import { compareIds } from '../../../domain/ids';
import { CustomerTable } from './customer-table';

describe('CustomerTable', () => {
  const expectOrder = (ids: string[]) => {
    const table = new CustomerTable();
    const ordinals = ids.map((id) => table.ordinalOf(id));
    const sorted = [...new Set(ordinals)].sort((a, b) => table.compareIdsOf(a, b));
    expect(sorted.map((ordinal) => table.idOf(ordinal))).toEqual([...new Set(ids)].sort(compareIds));
  };

  it('orders customers as the bytes of their ids, in whatever order they come', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 });
    fc.assert(fc.property(fc.array(id, { maxLength: 400, size: 'max' }), expectOrder), { numRuns: 40 });
  });

  it.each([
    ['ascending after the last', (i: number) => 10_000 + i],
    ['descending before the first', (i: number) => 90_000 - i],
    ['ascending between two', (i: number) => `5${String(i).padStart(6, '0')}`],
    ['descending between two', (i: number) => `5${999_999 - i}`],
  ])('orders thousands of ids that come %s', (_, nth) => {
    expectOrder(['1', '4', '6', '99', ...Array.from({ length: 5000 }, (_, i) => String(nth(i)))]);
  });

  it('keeps every column as it grows', () => {
    const table = new CustomerTable();
    const row = (i: number) => ({
      customerId: `c${i}`,
      lastOrderAt: i % 3 ? i * 1e9 : null,
      frequency: i,
      monetary: BigInt(i) ** 4n * -1000n,
      unconverted: i * 2,
    });
    const rows = Array.from({ length: 3000 }, (_, i) => row(i));
    for (const each of rows) table.put(each);
    expect(rows.map((_, ordinal) => table.row(ordinal))).toEqual(rows);
  });

  it('keeps and orders net sales of any size', () => {
    const step = fc.bigInt({ min: -2n, max: 2n });
    const edge = fc.constantFrom(0n, 2n ** 53n, 2n ** 63n, 2n ** 64n, 10n ** 25n);
    const amount = fc.tuple(edge, step, fc.boolean()).map(([at, by, less]) => (less ? -at : at) + by);
    const rows = fc.array(fc.tuple(fc.nat(3), amount), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(rows, (puts) => {
        const table = new CustomerTable();
        const last = new Map<number, bigint>();
        for (const [customer, monetary] of puts) {
          const row = { lastOrderAt: 1, frequency: 1, unconverted: 0 };
          last.set(table.put({ customerId: `c${customer}`, monetary, ...row }), monetary);
        }
        for (const [a, ofA] of last) {
          expect(table.row(a).monetary).toBe(ofA);
          for (const [b, ofB] of last)
            expect(Math.sign(table.compareMonetaryOf(a, b))).toBe(ofA === ofB ? 0 : ofA < ofB ? -1 : 1);
        }
      }),
    );
  });
});
