import { begunAt, dialectOf, newLoadName } from './load-name';

describe('the name of a load', () => {
  it('is another one every time, and tells of its tables when they were made', () => {
    const now = Date.UTC(2026, 4, 1, 12);
    const names = [newLoadName(now), newLoadName(now)];
    expect(new Set(names).size).toBe(2);
    for (const name of names) {
      const table = dialectOf(name).scratch('load_order_lines');
      expect(table).toMatch(/^load_order_lines_t\w+$/);
      expect([table, table.toUpperCase()].map(begunAt)).toEqual([now, now]);
    }
  });

  it.each(['load_ledger', 'load_progress', 'stg_orders', 'load_orders', 'load_test_t1_ab', 'my_load_orders'])(
    'is not in that of table %s',
    (table) => {
      expect(begunAt(table)).toBeUndefined();
    },
  );
});
