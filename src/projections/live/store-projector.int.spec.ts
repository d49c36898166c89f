import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import pino from 'pino';
import { appendStreams, createTestStore, someEvent, type TestStore } from '../../../test/support/store';
import { tally } from '../../../test/support/tally.projection';
import { until } from '../../../test/support/until';
import { listDeadLetters } from '../engine/dead-letters';
import { CheckpointMovedError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import { findGeneration, type Generation } from '../engine/generations';
import { retryDeadLetters } from '../engine/retry-dead-letters';
import { ProjectionProgress } from '../progress/progress';
import type { Projection } from '../projection';
import { type Projector, startProjector } from './store-projector';

let test_: TestStore;
let running: Projector[];

beforeEach(async () => {
  test_ = await createTestStore();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((projector) => projector.stop()));
  await test_.close();
});

function start(projection: Projection): Projector {
  const { database, store } = test_;
  const projector = startProjector({
    databaseUrl: database.url,
    pool: database.pool,
    store,
    logger: pino({ level: 'silent' }),
    projections: [projection],
  });
  running.push(projector);
  return projector;
}

async function total(): Promise<number> {
  const { rows } = await test_.database.pool.query<{ events: number }>('SELECT events FROM read.tally_total');
  return rows[0]?.events ?? -1;
}

const active = async (): Promise<Generation> =>
  (await findGeneration(test_.database.pool, 'tally', 'active')) as Generation;

describe('a live projector', () => {
  it('shows what was in the log and what comes after', async () => {
    await appendStreams(test_.store, 10);
    const projector = start(tally());
    await projector.caughtUp();
    expect(await total()).toBe(10);

    await appendStreams(test_.store, 5);
    await projector.caughtUp();
    expect(await total()).toBe(15);
    expect((await active()).events).toBe(15);
  });

  it('goes on from its checkpoint after a restart', async () => {
    await appendStreams(test_.store, 10);
    const first = start(tally());
    await first.caughtUp();
    await first.stop();
    await appendStreams(test_.store, 10);
    await start(tally()).caughtUp();
    expect(await total()).toBe(20);
  });

  it('stands by while another is at work, and takes over when that one is gone', async () => {
    const first = start(tally());
    await appendStreams(test_.store, 10);
    await first.caughtUp();
    const second = start(tally());
    await appendStreams(test_.store, 10);
    await first.caughtUp();
    await first.stop();
    await appendStreams(test_.store, 10);
    await second.caughtUp();
    expect(await total()).toBe(30);
  });

  it('recovers when every connection is cut', async () => {
    const projector = start(tally());
    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    const { pool } = test_.database;
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await appendStreams(test_.store, 10);
    await projector.caughtUp();
    expect(await total()).toBe(20);
  });

  it('announces progress to API processes only after it is committed', async () => {
    const { database, listener, store } = test_;
    const progress = new ProjectionProgress({ pool: database.pool, listener });
    await progress.start();
    start(tally());
    for (let round = 0; round < 20; round++) {
      const { position } = await store.append(`order-${round}`, 'noStream', [someEvent()]);
      expect(await progress.waitFor('tally', position, { timeoutMs: 20_000 })).toBe(true);
      expect(await total()).toBe(round + 1);
    }
    expect(await progress.waitFor('tally', '9'.repeat(19), { timeoutMs: 20 })).toBe(false);
    await progress.stop();
  });

  it('refuses a log that its checkpoint does not belong to', async () => {
    await appendStreams(test_.store, 3);
    const first = start(tally());
    await first.caughtUp();
    await first.stop();
    await test_.database.pool.query(`UPDATE tidemark.generations SET store_identity = 'another'`);
    const messages: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line: string) => messages.push(line) });
    const { database, store } = test_;
    const projector = startProjector({
      databaseUrl: database.url,
      pool: database.pool,
      store,
      logger,
      projections: [tally()],
    });
    running.push(projector);
    await until(() => messages.length > 0);
    expect(messages[0]).toContain('The checkpoint belongs to event store another');
    expect(await total()).toBe(3);
  });

  it('rebuilds a projection whose code has a new version, and shows the old rows until then', async () => {
    await appendStreams(test_.store, 10);
    const first = start(tally());
    await first.caughtUp();
    await first.stop();
    const second = start(tally({ version: 2, extraColumn: true }));
    await second.caughtUp();
    await appendStreams(test_.store, 1);
    await second.caughtUp();
    const { rows } = await test_.database.pool.query('SELECT stream, events, extra FROM read.tally');
    expect(rows).toHaveLength(10);
    expect(await total()).toBe(11);
    expect(await active()).toMatchObject({ generation: 2, version: 2 });
  });
});

describe('a generation runner', () => {
  const open = async () =>
    GenerationRunner.open(tally(), await active(), { databaseUrl: test_.database.url, onPoison: 'park' });

  it('applies a batch once, however often and by how many it is delivered', async () => {
    const projector = start(tally());
    await projector.caughtUp();
    await projector.stop();
    await appendStreams(test_.store, 10);
    const [one, two] = [await open(), await open()];
    try {
      for await (const batch of test_.store.readAll(null)) {
        await one.apply(batch);
        await one.apply(batch);
        await expect(two.apply(batch)).rejects.toBeInstanceOf(CheckpointMovedError);
      }
    } finally {
      await one.close();
      await two.close();
    }
    expect(await total()).toBe(10);
  });
});

describe('an event that a fold refuses', () => {
  it('parks its stream, and the rest goes on', async () => {
    const parked: string[] = [];
    const projector = start(tally({ refuses: (stream) => stream === 'order-7' }));
    await appendStreams(test_.store, 20);
    await projector.caughtUp();
    await appendStreams(test_.store, 20);
    await projector.caughtUp();
    expect(await total()).toBe(38);
    const letters = await listDeadLetters(test_.database.pool, await active());
    for (const { stream, reason } of letters) parked.push(`${stream}: ${reason}`);
    expect(parked).toEqual(['order-7: cannot count order-7', 'order-7: null']);
    expect(letters[0]?.event).toMatchObject({ type: 'OrderPaid', revision: 0, stream: 'order-7' });
  });

  it('is counted once when it is re-driven after the mistake was mended, and so are later ones', async () => {
    const { pool } = test_.database;
    const projector = start(tally({ refuses: (stream) => stream === 'order-7' }));
    await appendStreams(test_.store, 20);
    await projector.caughtUp();

    const again = tally({ refuses: (stream) => stream === 'order-7' });
    expect(await retryDeadLetters(pool, again)).toMatchObject({ applied: 0, parked: 1 });
    expect(await total()).toBe(19);

    await projector.stop();
    expect(await retryDeadLetters(pool, tally())).toMatchObject({ applied: 1, parked: 0, failures: [] });
    expect(await total()).toBe(20);
    const mended = start(tally());
    await appendStreams(test_.store, 20);
    await mended.caughtUp();
    expect(await total()).toBe(40);
    expect(await retryDeadLetters(pool, tally())).toMatchObject({ applied: 0 });
  });
});

describe('a projector that is frozen while it leads', () => {
  let frozen: ChildProcess;
  beforeEach(() => {
    const support = path.join(__dirname, '../../../test/support');
    const script = ['run-typescript.js', 'tally-projector.ts'].map((name) => path.join(support, name));
    frozen = spawn(process.execPath, [...script, test_.database.url], { stdio: 'inherit' });
  });
  afterEach(() => frozen.kill('SIGKILL'));

  const totalIs = (events: number) => until(async () => (await total().catch(() => -1)) === events);
  const waitsForLock = (applicationName: string) =>
    until(async () => {
      const sql = `SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = $1
                      AND wait_event_type = 'Lock'`;
      return ((await test_.database.pool.query(sql, [applicationName])).rowCount ?? 0) > 0;
    });

  it('loses its place in mid-transaction, applies nothing twice, and stands by later', async () => {
    await appendStreams(test_.store, 10);
    await totalIs(10);
    const standby = start(tally());
    await waitsForLock('tidemark projector (lock)');
    const client = await test_.database.pool.connect();
    await client.query(`BEGIN; SELECT FROM tidemark.generations WHERE projection = 'tally' FOR UPDATE`);
    await appendStreams(test_.store, 5, 'while-it-freezes-');
    await waitsForLock('tidemark projection tally');
    frozen.kill('SIGSTOP');
    await client.query('ROLLBACK');
    client.release();

    await standby.caughtUp();
    expect(await total()).toBe(15);
    frozen.kill('SIGCONT');
    await waitsForLock('tidemark projector (lock)');
    await appendStreams(test_.store, 5, 'awake-');
    await standby.caughtUp();
    expect(await total()).toBe(20);
    expect((await active()).events).toBe(20);

    await standby.stop();
    await appendStreams(test_.store, 5, 'its-turn-');
    await totalIs(25);
  }, 120_000);
});
