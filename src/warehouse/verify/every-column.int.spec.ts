import { eventLog } from '../../../test/support/events';
import { badRow } from '../../../test/support/lake/bad-row';
import { createTestShop, type TestShop } from '../../../test/support/warehouse/shop';
import { storeOf } from '../../../test/support/warehouse/store-of';
import type { Column } from '../../lake/columns/table-definition';
import { badRows } from '../../lake/datasets/bad-rows.dataset';
import { datasets, eventDatasets } from '../../lake/datasets/catalogue';
import type { Dataset } from '../../lake/datasets/dataset';
import { DuckDbSession } from '../duckdb/duckdb-session';
import { type OpenDatabase, openDatabase } from '../duckdb/open';
import { warehouseFile } from '../duckdb/published';
import { stagingTable } from '../model/staging';
import { LogSource } from './log-tallies';
import { warehouseSource } from './sources';
import { tallyRelation } from './sql-tallies';
import { sameTally, type Tallies } from './tally';

const log = eventLog();
log.append('CustomerRegistered', 'customer-ada', {
  customerId: 'ada',
  name: 'Ada Łovelace',
  email: 'ada@shop.example',
  country: 'GB',
  region: null,
});
log.append('ProductListed', 'product-mug', {
  productId: 'mug',
  name: "Mug of 'blue' clay",
  category: 'Kitchen',
  price: '7.505',
  currency: 'GBP',
});
const sale = { customerId: 'ada', currency: 'EUR', exchangeRate: '0.8612345678', region: 'Lazio' };
const placed = log.place({
  ...sale,
  at: Date.UTC(1970, 6, 20, 20, 17, 40, 123),
  lines: [{ price: 1999 }, {}],
});
log.place({ currency: 'JPY', lines: [{ quantity: 3, discount: 5 }] });
log.return('o1', [{ lineNumber: 1, quantity: 1 }]);
log.creditNote({ ...sale, shipping: 250, tax: 19 });
log.pay('o2');
log.cancel('o1');
const { events } = log;

/** SQL for another value of a column, as near to the present one as the type allows. */
function changed({ name, type }: Column): string {
  switch (type.kind) {
    case 'string':
      return `COALESCE(${name} || '.', '-')`;
    case 'boolean':
      return `NOT COALESCE(${name}, FALSE)`;
    case 'date':
      return `CAST(${name} + 1 AS DATE)`;
    case 'timestamptz':
      return `COALESCE(${name}, TIMESTAMPTZ '1970-01-01 00:00:00Z') + INTERVAL 1 MICROSECOND`;
    case 'list':
      return `LIST_APPEND(COALESCE(${name}, []), 'x')`;
    case 'decimal':
      return `COALESCE(${name}, 0) + CAST('1e-${type.scale}' AS DECIMAL(38, ${type.scale}))`;
    default:
      return `COALESCE(${name}, 0) + 1`;
  }
}

const equal = (a: Tallies, b: Tallies): boolean =>
  [...new Set([...a.keys(), ...b.keys()])].every((part) => sameTally(a.get(part), b.get(part)));

describe('what verify compares of a dataset', () => {
  let shop: TestShop;
  let database: OpenDatabase;
  let session: DuckDbSession;
  let inLog: ReadonlyMap<Dataset, Tallies>;
  const range = { after: null, through: events.at(-1)?.position ?? '' };

  beforeAll(async () => {
    shop = await createTestShop(events);
    await shop.lake.add(badRows, [badRow('orders', placed, 'too large')], range.through);
    await shop.load();
    database = await openDatabase(warehouseFile(shop.warehouse), 'READ_WRITE', shop.warehouse);
    session = new DuckDbSession(database.connection);
    const everyDay = new Map(eventDatasets.map((dataset) => [dataset, undefined]));
    inLog = (await new LogSource(storeOf(events)).tally([range], everyDay, 0)).tallies;
  });
  afterAll(async () => {
    database.close();
    await shop.remove();
  });

  const staged = (dataset: Dataset) =>
    tallyRelation(session, stagingTable(dataset).name, dataset, { after: null, through: '~' });

  it.each(eventDatasets.map((dataset) => [dataset.name, dataset] as const))(
    'is the same of the rows of %s and of its events',
    async (_, dataset) => {
      const own = inLog.get(dataset) as Tallies;
      expect(own.size).toBeGreaterThan(0);
      expect(await staged(dataset)).toEqual(own);
      expect(await warehouseSource(session).tally(dataset, range)).toEqual(own);
    },
  );

  const columns = datasets.flatMap((dataset) =>
    dataset.columns.map((column) => [`${dataset.name}.${column.name}`, dataset, column] as const),
  );
  it.each(columns)('is another when one value of %s is', async (_, dataset, column) => {
    const before = await staged(dataset);
    const { name } = stagingTable(dataset);
    await session.run('BEGIN TRANSACTION');
    try {
      await session.run(
        `UPDATE ${name} SET ${column.name} = ${changed(column)} WHERE rowid = (SELECT MIN(rowid) FROM ${name})`,
      );
      expect(equal(await staged(dataset), before)).toBe(false);
    } finally {
      await session.run('ROLLBACK');
    }
    expect(equal(await staged(dataset), before)).toBe(true);
  });
});
