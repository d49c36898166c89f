import type { Dataset } from '../../lake/datasets/dataset';
import { orders } from '../../lake/datasets/orders.dataset';
import { mayHold } from './may-hold';

/** Months and days since 1970. */
const FEBRUARY_2024 = 54 * 12 + 1;
const LAST_OF_FEBRUARY = Date.UTC(2024, 1, 29) / 86_400_000;

const BY_DAY = { column: 'change_date', transform: 'identity' } as const;

const days = new Set(['2024-02-29', '2024-04-01']);
const stretches = new Set(['0012', '0034']);

describe('a file of the lake', () => {
  it('may hold the days of its month', () => {
    const of = (month: number) =>
      mayHold(orders, { throughPosition: '', partition: [month] }, { after: null, days, stretches });
    expect([FEBRUARY_2024 - 1, FEBRUARY_2024, FEBRUARY_2024 + 1, FEBRUARY_2024 + 2].map(of)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('may hold its day where it is of one day', () => {
    const byDay: Dataset = { ...orders, partitionBy: [{ column: 'status', transform: 'identity' }, BY_DAY] };
    const of = (day: number) =>
      mayHold(byDay, { throughPosition: '', partition: ['PLACED', day] }, { after: null, days });
    expect([LAST_OF_FEBRUARY - 1, LAST_OF_FEBRUARY, LAST_OF_FEBRUARY + 1].map(of)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('holds nothing of the log behind the end that it is known to have', () => {
    const of = (throughPosition: string) => mayHold(orders, { throughPosition }, { after: null, stretches });
    expect(['001199', '001200', '003500', ''].map(of)).toEqual([false, true, true, true]);
  });

  it('holds nothing behind a position that it does not reach', () => {
    const of = (throughPosition: string) => mayHold(orders, { throughPosition }, { after: '0012' });
    expect(['0011', '0012', '0013', ''].map(of)).toEqual([false, false, true, true]);
  });

  it('may hold anything where nothing is known or asked', () => {
    expect(mayHold(orders, { throughPosition: '' }, { after: '0012', days, stretches })).toBe(true);
    expect(mayHold(orders, { throughPosition: '', partition: [0] }, { after: null })).toBe(true);
  });
});
