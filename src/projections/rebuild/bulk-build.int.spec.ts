import fc from 'fast-check';
import pino from 'pino';
import { eventLog } from '../../../test/support/events';
import { lifecycles } from '../../../test/support/lifecycles';
import { appendRecorded, createTestStore, type TestStore } from '../../../test/support/store';
import { StoreFeed } from '../../feed/store-feed';
import { createPool, inTransaction } from '../../postgres/pool';
import { listDeadLetters } from '../engine/dead-letters';
import { CheckpointMovedError, PoisonEventError } from '../engine/errors';
import { findGeneration, listGenerations } from '../engine/generations';
import { completeGeneration } from '../engine/make-generation';
import { startProjector } from '../live/store-projector';
import type { Projection } from '../projection';
import { projections } from '../read-models/catalogue';
import { orders } from '../read-models/orders/orders.projection';
import { openBuild } from './open-build';
import { rebuild } from './rebuild';
import type { RebuildOptions } from './rebuild-options';

const bulkBuilt = projections.filter(({ bulk }) => bulk !== undefined);

let test_: TestStore;
beforeEach(async () => {
  test_ = await createTestStore();
});
afterEach(() => test_.close());

const options = (more: Partial<RebuildOptions> = {}): RebuildOptions => ({
  databaseUrl: test_.database.url,
  pool: test_.database.pool,
  store: test_.store,
  projections: bulkBuilt,
  ...more,
});

/** Folds the log as it is done live. */
async function foldLive(): Promise<void> {
  const projector = startProjector({
    ...options(),
    logger: pino({ level: 'silent' }),
    projections: bulkBuilt,
  });
  await projector.caughtUp();
  await projector.stop();
}

/** Fifty orders, each with four events. */
async function appendOrders(): Promise<void> {
  const log = eventLog();
  for (let i = 1; i <= 50; i++) log.place({ orderId: `o${i}`, lines: [{ price: 100 * i }, { price: 3 }] });
  for (let i = 1; i <= 50; i++) log.pay(`o${i}`);
  for (let i = 1; i <= 50; i++) log.ship(`o${i}`, { carrier: 'DHL' });
  for (let i = 1; i <= 50; i++) if (i % 3) log.return(`o${i}`, [{ lineNumber: 1, quantity: 1 }]);
  for (let i = 1; i <= 50; i++) if (i % 7 === 0) log.cancel(`o${i}`);
  await appendRecorded(test_.store, log.events);
}

const equalities = (rebuilt: Awaited<ReturnType<typeof rebuild>>) =>
  rebuilt.map(({ projection, comparison, resumed }) => [projection, comparison?.equal, resumed]);
const every = (resumed: boolean) => bulkBuilt.map(({ name }) => [name, true, resumed]);

/** A projection whose completion loses its connection before a statement of its keys or at the end. */
const dyingAt = (projection: Projection, step: 'finish' | 'keys' | 'indexes'): Projection => {
  const die = ';SELECT pg_terminate_backend(pg_backend_pid());';
  const { bulk, keysSql = '', indexesSql } = projection;
  if (!bulk) throw new Error(`${projection.name} has no bulk build`);
  return {
    ...projection,
    bulk: step === 'finish' ? { ...bulk, finishSql: die + bulk.finishSql } : bulk,
    keysSql: step === 'keys' ? keysSql + die : keysSql,
    indexesSql: step === 'indexes' ? indexesSql + die : indexesSql,
  };
};

it('has the rows of the live fold, whatever the log and its batches', async () => {
  const settings = { reportingCurrency: 'GBP', timeZone: 'UTC' };
  await fc.assert(
    fc.asyncProperty(lifecycles(settings), fc.integer({ min: 1, max: 40 }), async ({ events }, batchSize) => {
      const outer = test_;
      test_ = await createTestStore();
      try {
        await appendRecorded(test_.store, events);
        await foldLive();
        expect(equalities(await rebuild(options({ verify: true, batchSize })))).toEqual(every(false));
      } finally {
        await test_.close();
        test_ = outer;
      }
    }),
    { numRuns: 4 },
  );
});

it('leaves tables with keys, that are vacuumed, and none of its own', async () => {
  await appendOrders();
  await foldLive();
  await rebuild(options());
  const { rows } = await test_.database.pool.query(
    `SELECT n.nspname || '.' || c.relname AS table, c.reloptions,
            (SELECT count(*)::int FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p') AS keys
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname ~ '_g[12]$' ORDER BY 1`,
  );
  const of = (generation: number) =>
    rows
      .filter(({ table }) => table.includes(`_g${generation}.`))
      .map(({ table, ...rest }) => ({ table: table.replace(/_g\d/, ''), ...rest }));
  expect(of(2)).toEqual(of(1));
  expect(of(2).every(({ keys }) => keys === 1)).toBe(true);
});

it.each([10, 60, 150])('goes on with a build that ended after %d events', async (events) => {
  await appendOrders();
  await foldLive();
  const interrupted = new AbortController();
  await expect(
    rebuild(
      options({
        batchSize: 10,
        signal: interrupted.signal,
        onProgress: ({ done }) => done >= events && interrupted.abort(new Error('stop')),
      }),
    ),
  ).rejects.toThrow('stop');
  expect(equalities(await rebuild(options({ batchSize: 10, verify: true })))).toEqual(every(true));
});

it.each(['finish', 'keys', 'indexes'] as const)(
  'loses nothing when the connection is lost at the %s',
  async (step) => {
    await appendOrders();
    await foldLive();
    const dying = bulkBuilt.map((projection) => dyingAt(projection, step));
    const pool = createPool({ url: test_.database.url, max: 8, applicationName: 'dying' });
    await expect(rebuild(options({ pool, projections: dying, batchSize: 30 }))).rejects.toThrow();
    await pool.end();
    const building = (await listGenerations(test_.database.pool)).filter(
      ({ status }) => status === 'building',
    );
    expect(building.map(({ bulk, indexed }) => [bulk, indexed])).toEqual(bulkBuilt.map(() => [true, false]));
    expect(equalities(await rebuild(options({ verify: true })))).toEqual(every(true));
  },
);

it('keeps out a runner that was frozen while another process completed the build', async () => {
  await appendOrders();
  const { runner } = await openBuild(orders, options());
  try {
    await inTransaction(test_.database.pool, (client) =>
      completeGeneration(client, orders, runner.generation),
    );
    const frozen = async () => {
      for await (const batch of new StoreFeed(test_.store).history(runner.generation, {}))
        await runner.apply(batch);
    };
    await expect(frozen()).rejects.toThrow();
    await expect(
      inTransaction(test_.database.pool, (client) => completeGeneration(client, orders, runner.generation)),
    ).rejects.toBeInstanceOf(CheckpointMovedError);
    const completed = await findGeneration(test_.database.pool, 'orders', 'building');
    expect(completed).toMatchObject({ position: '', indexed: true, bulk: false });
  } finally {
    await runner.close();
  }
});

describe('of a log whose events contradict each other', () => {
  /** The payment of an order that was never placed, in batches of their own. */
  const appendContradiction = async () => {
    const log = eventLog();
    log.place({ orderId: 'here' });
    log.place({ orderId: 'lost' });
    log.pay('here');
    const paid = log.pay('lost');
    const kept = log.events.filter(({ stream }) => stream !== 'order-lost');
    await appendRecorded(test_.store, [...kept, { ...paid, revision: 0 }]);
  };

  it('stops, and says which event it is', async () => {
    await appendContradiction();
    const failing = rebuild(options({ projections: [orders], batchSize: 1 }));
    await expect(failing).rejects.toBeInstanceOf(PoisonEventError);
    await expect(failing).rejects.toThrow(/stream order-lost\): .* there is no order lost/);
  });

  it('parks the event where that is asked for', async () => {
    await appendContradiction();
    const [result] = await rebuild(options({ projections: [orders], batchSize: 1, park: true }));
    expect(result).toMatchObject({ switched: true });
    const letters = await listDeadLetters(test_.database.pool, {
      projection: 'orders',
      generation: result?.generation ?? 0,
    });
    expect(letters.map(({ stream, type }) => [stream, type])).toEqual([['order-lost', 'OrderPaid']]);
    const { rows } = await test_.database.pool.query('SELECT order_id, status FROM read.orders');
    expect(rows).toEqual([{ order_id: 'here', status: 'PAID' }]);
  });
});
