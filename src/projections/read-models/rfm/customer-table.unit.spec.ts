import fc from 'fast-check';
import { compareIds } from '../../../domain/ids';
import { CustomerTable } from './customer-table';

describe('CustomerTable', () => {
  /** @param together how many new customers are labelled at once */
  const expectOrder = (ids: string[], together: number) => {
    const table = new CustomerTable();
    const ordinals = ids.map((id, i) => {
      if (i % together === 0) table.idLabels();
      return table.ordinalOf(id);
    });
    const labels = table.idLabels();
    const sorted = [...new Set(ordinals)].sort((a, b) => (labels[a] as number) - (labels[b] as number));
    expect(sorted.map((ordinal) => table.idOf(ordinal))).toEqual([...new Set(ids)].sort(compareIds));
  };

  it('orders customers as the bytes of their ids, in whatever order they come', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 });
    const ids = fc.array(id, { maxLength: 400, size: 'max' });
    fc.assert(fc.property(ids, fc.constantFrom(1, 7, 1000), expectOrder), { numRuns: 60 });
  });

  it.each([
    ['ascending after the last', (i: number) => 10_000 + i],
    ['descending before the first', (i: number) => 90_000 - i],
    ['ascending between two', (i: number) => `5${String(i).padStart(6, '0')}`],
    ['descending between two', (i: number) => `5${999_999 - i}`],
  ])('orders thousands of ids that come %s', (_, nth) => {
    const ids = ['1', '4', '6', '99', ...Array.from({ length: 5000 }, (_, i) => String(nth(i)))];
    for (const together of [1, 100, 10_000]) expectOrder(ids, together);
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
});
