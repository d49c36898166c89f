import { copyFile } from 'node:fs/promises';
import { type EventLog, eventLog } from '../../../test/support/events';
import { rowsOf, TestLake } from '../../../test/support/warehouse/lake';
import { createTestShop, type TestShop, withTestShop } from '../../../test/support/warehouse/shop';
import { storeOf } from '../../../test/support/warehouse/store-of';
import { createTestWarehouse, type TestWarehouse } from '../../../test/support/warehouse/warehouse';
import type { RecordedEvent } from '../../event-store/event';
import { datasets } from '../../lake/datasets/catalogue';
import { events as eventsDataset } from '../../lake/datasets/events.dataset';
import { orderLines } from '../../lake/datasets/order-lines.dataset';
import { starTables } from '../model/catalogue';
import { rowsOfEvent } from '../verify/rows/rows-of-event';
import { DuckDbSession } from './duckdb-session';
import { openDatabase } from './open';
import { warehouseFile } from './published';
import { verifyWarehouse } from './verify-duckdb';

const DAY = 86_400_000;
const FIRST_AT = Date.UTC(2024, 2, 1, 12);

const log = eventLog();
for (let n = 0; n < 12; n++) {
  log.place({ at: FIRST_AT + Math.floor(n / 4) * DAY, customerId: `c${n}`, lines: [{ price: 100 + n }, {}] });
}
log.return('o3', [{ lineNumber: 1, quantity: 1 }]);
log.creditNote({});
log.cancel('o5');
const { events } = log;

const positionOf = (orderId: string) =>
  events.find(({ type, data }) => type === 'OrderPlaced' && data.orderId === orderId)?.position;

describe('verifying a warehouse', () => {
  let lake: TestLake;
  let warehouse: TestWarehouse;

  let loaded: TestShop;

  beforeAll(async () => {
    loaded = await createTestShop(events);
    ({ lake } = loaded);
  });
  afterAll(() => loaded.remove());
  beforeEach(async () => {
    warehouse = await createTestWarehouse();
    await copyFile(warehouseFile(loaded.warehouse), warehouseFile(warehouse));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await warehouse.remove();
  });

  const tamper = async (sql: string) => {
    const database = await openDatabase(warehouseFile(warehouse), 'READ_WRITE', warehouse);
    await database.connection.run(sql);
    database.close();
  };

  it('finds event store, lake and warehouse equal, to the last unit of money', async () => {
    const result = await verifyWarehouse(warehouse, lake, storeOf(events));
    expect(result).toMatchObject({ equal: true, through: events.at(-1)?.position, differences: [] });
    expect(result.datasets.find(({ dataset }) => dataset === 'order_lines')).toEqual({
      dataset: 'order_lines',
      days: 3,
      store: 24,
      lake: 24,
      warehouse: 24,
    });
  });

  it('does not look at what came to the log after the load', async () => {
    const longer = eventLog();
    for (const event of events) if (event.type !== 'StoreConfigured') longer.events.push(event);
    longer.events.push({ ...(events.at(-3) as RecordedEvent), position: '9'.repeat(20) });
    const store = storeOf([...events, ...longer.events.slice(-1)]);
    expect((await verifyWarehouse(warehouse, lake, store)).equal).toBe(true);
  });

  it('names day and position of a line that a fact has lost', async () => {
    await tamper("DELETE FROM fact_orders WHERE order_id = 'o6' AND line_number = 2");
    const { equal, differences } = await verifyWarehouse(warehouse, lake, storeOf(events));
    expect(equal).toBe(false);
    expect(differences).toMatchObject([
      {
        dataset: 'order_lines',
        day: '2024-03-02',
        store: { rows: 8 },
        lake: { rows: 8 },
        warehouse: { rows: 7 },
        firstPosition: positionOf('o6'),
      },
    ]);
  });

  it('names day and position of a cent too much', async () => {
    await tamper(
      "UPDATE stg_orders SET total = total + 0.01 WHERE order_id IN ('o9', 'o11') AND status = 'PLACED'",
    );
    const { differences } = await verifyWarehouse(warehouse, lake, storeOf(events));
    expect(differences.map(({ dataset, day, firstPosition }) => ({ dataset, day, firstPosition }))).toEqual([
      { dataset: 'orders', day: '2024-03-03', firstPosition: positionOf('o9') },
    ]);
  });

  const found = async () => (await verifyWarehouse(warehouse, lake, storeOf(events))).differences;

  it('tells amounts of one currency from those of another', async () => {
    await tamper("UPDATE fact_orders SET currency = 'EUR' WHERE order_id = 'o6'");
    expect(await found()).toMatchObject([
      { day: '2024-03-02', currency: 'EUR', store: null, lake: null, warehouse: { rows: 2 } },
      { day: '2024-03-02', currency: 'GBP', store: { rows: 8 }, lake: { rows: 8 }, warehouse: { rows: 6 } },
    ]);
    expect((await found()).map(({ firstPosition }) => firstPosition)).toEqual([
      positionOf('o6'),
      positionOf('o6'),
    ]);
  });

  it('names day and position of a wrong quantity', async () => {
    await tamper("UPDATE fact_returns SET quantity = 2 WHERE order_id = 'o3'");
    const { position } = events.find(({ type }) => type === 'OrderItemsReturned') as RecordedEvent;
    expect(await found()).toMatchObject([{ dataset: 'returns', firstPosition: position }]);
  });

  it('names day and position of a value that was another already when it was loaded', async () => {
    const { differences } = await withTestShop(async (other) => {
      for (const [dataset, rows] of rowsOf(events)) {
        const flipped = rows.map((row) =>
          dataset === orderLines && row.order_id === 'o8' ? { ...row, country: 'GR' } : row,
        );
        await other.lake.add(dataset, flipped, events.at(-1)?.position ?? '');
      }
      await other.load();
      return verifyWarehouse(other.warehouse, other.lake, storeOf(events));
    });
    expect(differences).toMatchObject([
      { dataset: 'order_lines', day: '2024-03-02', firstPosition: positionOf('o8') },
    ]);
  });

  it('names day and position of a text that sums do not show', async () => {
    await tamper("UPDATE stg_orders SET status = 'PAID' WHERE order_id = 'o8' AND status = 'PLACED'");
    const [one, ...others] = await found();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ dataset: 'orders', day: '2024-03-02', firstPosition: positionOf('o8') });
    expect(one?.lake?.sums).toEqual(one?.warehouse?.sums);
  });

  describe('holds each table against what it is made of:', () => {
    const line = (orderId: string) => ({ column: 'position', first: positionOf(orderId) });
    it.each([
      [
        'lines that are marked as cancelled, and are not',
        "UPDATE fact_orders SET is_cancelled = TRUE WHERE order_id IN ('o2', 'o4')",
        { table: 'fact_orders', rows: 24, missing: 4, surplus: 4, ...line('o2') },
      ],
      [
        'lines of a cancelled order that are not marked',
        'UPDATE fact_orders SET is_cancelled = FALSE, cancelled_at = NULL',
        { table: 'fact_orders', rows: 24, missing: 2, surplus: 2, ...line('o5') },
      ],
      [
        'a returned line that is marked as cancelled, and is not',
        "UPDATE fact_returns SET order_cancelled = TRUE WHERE order_id = 'o3'",
        { table: 'fact_returns', rows: 2, missing: 1, surplus: 1 },
      ],
      [
        'a line of another customer',
        "UPDATE fact_orders SET customer_key = 'c7#0' WHERE order_id = 'o9' AND line_number = 1",
        { table: 'fact_orders', rows: 24, missing: 1, surplus: 1, ...line('o9') },
      ],
      [
        'a line of another category',
        "UPDATE fact_orders SET category = 'Toys' WHERE order_id = 'o9' AND line_number = 1",
        { table: 'fact_orders', rows: 24, missing: 1, surplus: 1, ...line('o9') },
      ],
      [
        'a line that is there twice',
        "INSERT INTO fact_orders FROM fact_orders WHERE order_id = 'o9' AND line_number = 1",
        { table: 'fact_orders', rows: 25, missing: 0, surplus: 1, ...line('o9') },
      ],
      [
        'a staging table that has changed since',
        "UPDATE stg_order_lines SET net = net + 1 WHERE order_id = 'o4'",
        { table: 'fact_orders', rows: 24, missing: 2, surplus: 2, ...line('o4') },
      ],
      [
        'a day of another month',
        "UPDATE dim_date SET month_start = DATE '2024-02-01' WHERE date_key IN (20240302, 20240303)",
        { table: 'dim_date', rows: 366, missing: 2, surplus: 2, column: 'date_key', first: '20240302' },
      ],
      [
        'a day that is missing',
        'DELETE FROM dim_date WHERE date_key = 20240302',
        { table: 'dim_date', rows: 365, missing: 1, surplus: 0, column: 'date_key', first: '20240302' },
      ],
      [
        'a version of a customer that was true at another time',
        "UPDATE dim_customer SET valid_from = TIMESTAMPTZ '2024-05-01 00:00:00Z' WHERE customer_id = 'c3'",
        { table: 'dim_customer', rows: 13, missing: 1, surplus: 1, column: 'customer_key', first: 'c3#0' },
      ],
      [
        'the guests, when they are gone',
        "DELETE FROM dim_customer WHERE customer_key = 'guest'",
        { table: 'dim_customer', rows: 12, missing: 1, surplus: 0, column: 'customer_key', first: 'guest' },
      ],
      [
        'a product under another name',
        "UPDATE dim_product SET name = 'Cup' WHERE product_id = 'p2'",
        { table: 'dim_product', rows: 2, missing: 1, surplus: 1, column: 'product_key', first: 'p2#0' },
      ],
    ])('%s', async (_, sql, expected) => {
      await tamper(sql);
      const { equal, tables } = await verifyWarehouse(warehouse, lake, storeOf(events));
      expect(equal).toBe(false);
      expect(tables.filter(({ first }) => first !== null)).toContainEqual(expect.objectContaining(expected));
    });
  });

  it('finds a difference between lake and warehouse without reading the log again, in a few queries', async () => {
    await tamper('UPDATE fact_orders SET net_amount = net_amount + 1');
    const store = storeOf(events);
    const readAll = jest.spyOn(store, 'readAll');
    const query = jest.spyOn(DuckDbSession.prototype, 'query');
    const { differences } = await verifyWarehouse(warehouse, lake, store);
    const queries = query.mock.calls.length;
    expect(differences.map(({ day, firstPosition }) => [day, firstPosition])).toEqual([
      ['2024-03-01', positionOf('o1')],
      ['2024-03-02', positionOf('o5')],
      ['2024-03-03', positionOf('o9')],
    ]);
    expect(readAll).toHaveBeenCalledTimes(1);
    // The position, each file and dataset, each table; then one look on each side at what differs.
    expect(queries).toBe(1 + lake.all().length + datasets.length + starTables.length + 2);
  });

  it('looks for it in the files of the days that differ only', async () => {
    const { position } = events.at(-1) as RecordedEvent;
    const other = await TestLake.create();
    const placed = eventLog().place({ at: Date.UTC(2024, 4, 1) });
    const settings = { reportingCurrency: 'GBP', timeZone: 'UTC' };
    await other.add(
      orderLines,
      rowsOfEvent(orderLines, { ...placed, position: `${position}0` }, settings),
      position,
    );
    const filesOf = (from: TestLake, partition: number[]) =>
      from.all().map(([dataset, file]) => ({ dataset, file: { ...file, partition }, fetched: 0 }));
    const files = [...filesOf(lake, [54 * 12 + 2]), ...filesOf(other, [54 * 12 + 4])];
    jest.spyOn(lake, 'files').mockImplementation(async function* (dataset) {
      for (const one of files) {
        const localPath = () => {
          one.fetched += 1;
          return one.file.localPath();
        };
        if (one.dataset === dataset) yield { ...one.file, localPath };
      }
    });
    await tamper("DELETE FROM fact_orders WHERE order_id = 'o6'");
    expect(await found()).toMatchObject([{ dataset: 'order_lines', firstPosition: positionOf('o6') }]);
    expect(files.map(({ dataset, fetched }) => [dataset, fetched])).toEqual([
      ['events', 1],
      ['order_lines', 2],
      ['orders', 1],
      ['returns', 1],
      ['settings', 1],
      // The file of May.
      ['order_lines', 1],
    ]);
    await other.remove();
  });

  describe('of events that do not fit the datasets, which lake and warehouse lack both', () => {
    const verifyWithout = (bad: (shop: EventLog) => readonly RecordedEvent[]) =>
      withTestShop(async (other) => {
        const shop = eventLog();
        const refused = bad(shop);
        shop.place({ at: FIRST_AT });
        await other.lake.addEvents(shop.events.filter((event) => !refused.includes(event)));
        const { position = '' } = shop.events.at(-1) ?? {};
        await other.lake.add(
          eventsDataset,
          refused.flatMap((event) => rowsOfEvent(eventsDataset, event, undefined)),
          position,
        );
        await other.load();
        return verifyWarehouse(other.warehouse, other.lake, storeOf(shop.events));
      });

    it('is not equal: it tells how many they are, their money and the first position', async () => {
      const price = Number.MAX_SAFE_INTEGER;
      const verified = await verifyWithout((shop) =>
        ['yen-1', 'yen-2'].map((orderId) => shop.place({ orderId, currency: 'JPY', lines: [{ price }] })),
      );
      const told = {
        events: 2,
        money: { JPY: '18014398509481982' },
        withoutMoney: 0,
        firstPosition: '2'.padStart(20, '0'),
        reason: expect.stringContaining('too large'),
      };
      expect(verified).toMatchObject({ equal: false, differences: [] });
      expect(verified.refused).toEqual([
        { dataset: 'order_lines', ...told },
        { dataset: 'orders', ...told },
      ]);
    });

    it('survives data of any kind, and counts what it cannot read', async () => {
      const verified = await verifyWithout((shop) => [
        shop.append('OrderPlaced', 'order-a', {
          orderId: 'a',
          currency: 'GBP',
          total: 5,
          lines: 'oops',
        } as never),
        shop.append('OrderPlaced', 'order-b', { orderId: 'b', lines: null, total: '7' } as never),
        shop.append('OrderCancelled', 'order-b', null as never),
        shop.append('CreditNoteIssued', 'creditnote-c', {
          lines: [null],
          currency: 'NONE',
          amount: 1.5,
        } as never),
      ]);
      expect(verified.equal).toBe(false);
      const counted = verified.refused.map(({ dataset, events: count, money, withoutMoney }) => ({
        dataset,
        count,
        money,
        withoutMoney,
      }));
      expect(counted).toEqual([
        { dataset: 'order_lines', count: 2, money: { GBP: '0.05' }, withoutMoney: 1 },
        { dataset: 'orders', count: 3, money: { GBP: '0.05' }, withoutMoney: 2 },
        { dataset: 'returns', count: 1, money: {}, withoutMoney: 1 },
      ]);
    });
  });

  it('tells how far it is', async () => {
    const steps: string[] = [];
    await tamper("DELETE FROM fact_orders WHERE order_id = 'o6'");
    await verifyWarehouse(warehouse, lake, storeOf(events), {
      onProgress: ({ step, name, eventsRead }) => steps.push(`${step} ${name} ${eventsRead}`),
    });
    const [all, last] = [events.length, events.at(-1)?.position];
    expect(steps).toEqual(
      expect.arrayContaining([
        `log ${last} ${all}`,
        `compare fact_orders ${all}`,
        `locate order_lines ${all}`,
      ]),
    );
  });

  describe('of a lake that never got an order', () => {
    let other: TestShop;
    beforeAll(async () => {
      other = await createTestShop(events.filter(({ position }) => position !== positionOf('o6')));
    });
    afterAll(() => other.remove());

    const expected = ['events', 'order_lines', 'orders'].map((dataset) => ({
      dataset,
      day: '2024-03-02',
      firstPosition: positionOf('o6'),
    }));

    it('names day and position', async () => {
      const { differences } = await verifyWarehouse(other.warehouse, other.lake, storeOf(events));
      expect(differences).toMatchObject(expected);
    });

    it('names them also when it begins behind the settings of the log', async () => {
      const { after, differences } = await verifyWarehouse(other.warehouse, other.lake, storeOf(events), {
        since: FIRST_AT + DAY,
      });
      expect(after).toBe(positionOf('o4'));
      expect(differences).toMatchObject(expected);
    });
  });

  it('compares only what was recorded since a time, when it is told one', async () => {
    await tamper("UPDATE stg_orders SET total = 0 WHERE order_id = 'o4'");
    const since = (time: number) => verifyWarehouse(warehouse, lake, storeOf(events), { since: time });
    const { equal, datasets: counts } = await since(FIRST_AT + DAY);
    expect(equal).toBe(true);
    expect(counts).toContainEqual({ dataset: 'order_lines', days: 2, store: 16, lake: 16, warehouse: 16 });
    const { after, differences } = await since(FIRST_AT);
    expect(after).toBe(events[0]?.position);
    expect(differences).toMatchObject([{ dataset: 'orders', firstPosition: positionOf('o4') }]);
    expect((await since(0)).after).toBeNull();
  });

  it('takes what a file of the lake does not have yet for null', async () => {
    const lacking = ['region', 'exchange_rate'];
    const verified = await withTestShop(async (older) => {
      for (const [dataset, rows] of rowsOf(events)) {
        const columns = dataset.columns.filter(({ name }) => !lacking.includes(name));
        await older.lake.add({ ...dataset, columns }, rows, events.at(-1)?.position ?? '');
      }
      await older.load();
      return verifyWarehouse(older.warehouse, older.lake, storeOf(events));
    });
    expect(verified.equal).toBe(true);
  });

  it('says so when nothing was loaded', async () => {
    const empty = await createTestWarehouse();
    await expect(verifyWarehouse(empty, lake, storeOf(events))).rejects.toThrow('There is no warehouse');
    await empty.remove();
  });
});
