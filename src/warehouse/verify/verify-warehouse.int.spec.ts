import { eventLog } from '../../../test/support/events';
import { TestLake } from '../../../test/support/warehouse/lake';
import { storeOf } from '../../../test/support/warehouse/store-of';
import { createTestWarehouse, type TestWarehouse } from '../../../test/support/warehouse/warehouse';
import type { RecordedEvent } from '../../event-store/event';
import { loadWarehouse, warehouseFile } from '../duckdb/duckdb-warehouse';
import { openDatabase } from '../duckdb/open';
import { verifyWarehouse } from './verify-warehouse';

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

  beforeEach(async () => {
    lake = await TestLake.create();
    warehouse = await createTestWarehouse();
    await lake.addEvents(events);
    await loadWarehouse(warehouse, lake);
  });
  afterEach(async () => {
    await lake.remove();
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

  it('names what the lake and the warehouse never got', async () => {
    const missed = events.filter(({ position }) => position !== positionOf('o2'));
    const other = await TestLake.create();
    const second = await createTestWarehouse();
    await other.addEvents(missed);
    await loadWarehouse(second, other);
    const { differences } = await verifyWarehouse(second, other, storeOf(events));
    expect(differences.map(({ dataset, day, firstPosition }) => ({ dataset, day, firstPosition }))).toEqual(
      ['events', 'order_lines', 'orders'].map((dataset) => ({
        dataset,
        day: '2024-03-01',
        firstPosition: positionOf('o2'),
      })),
    );
    await other.remove();
    await second.remove();
  });

  it('says so when nothing was loaded', async () => {
    const empty = await createTestWarehouse();
    await expect(verifyWarehouse(empty, lake, storeOf(events))).rejects.toThrow('There is no warehouse');
    await empty.remove();
  });
});
