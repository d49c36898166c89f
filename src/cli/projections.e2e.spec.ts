import path from 'node:path';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { type Outcome, runProgram } from '../../test/support/program';
import { someEvent } from '../../test/support/store';
import { PostgresEventStore } from '../event-store/postgres/postgres.event-store';
import { Listener } from '../postgres/listener';

const SAMPLE = path.join(__dirname, '../../samples/orders.csv');
const ALL = ['orders', 'customers', 'products', 'category-revenue', 'anomalies', 'rfm'];

let database: TestDatabase;
let pool: Pool;

const tidemark = (...args: string[]): Promise<Outcome> => runProgram(args, { DATABASE_URL: database.url });

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr, exitCode } = await tidemark(...args, '--json');
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

interface Replayed {
  projections: Array<{ projection: string; generation: number; switched: boolean; position: string }>;
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  expect((await tidemark('import', 'orders', SAMPLE, '--credit-note-prefix', 'C')).exitCode).toBe(0);
});

afterAll(() => database.drop());

describe('tidemark replay and tidemark projections', () => {
  it('build every read model from an imported log, with nothing running', async () => {
    const { projections } = await json<Replayed>('replay', '--all');
    expect(projections.map(({ projection }) => projection)).toEqual(ALL);
    expect(projections.every(({ switched }) => switched)).toBe(true);
    const { rows } = await pool.query('SELECT count(*)::int AS orders FROM read.orders');
    expect(rows).toEqual([{ orders: 320 }]);
  });

  it('prove a rebuild equal, switch to it, and roll back', async () => {
    const { stdout, stderr, exitCode } = await tidemark('replay', 'rfm', '--verify');
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/rfm +2 +rfm_g2 +\d+ +no +equal +yes/);
    expect((await tidemark('projections', 'diff', 'rfm')).stdout).toMatch(/rfm_customers +equal/);
    expect(await json('projections', 'rollback', 'rfm')).toMatchObject({ projection: 'rfm', generation: 1 });
    const status = await json<Array<Record<string, unknown>>>('projections', 'status');
    expect(status.filter(({ projection }) => projection === 'rfm')).toMatchObject([
      { generation: 1, status: 'active', lagEvents: 0, lagSeconds: 0, deadLetters: 0 },
      { generation: 2, status: 'retired' },
    ]);
  });

  it('stop at a position, leave the result aside, and bring it up to date when asked to switch', async () => {
    const { projections } = await json<Replayed>('replay', 'orders', '--until', '100');
    expect(projections[0]).toMatchObject({ position: '100'.padStart(19, '0'), switched: false });
    expect(await json('projections', 'switch', 'orders')).toMatchObject({ generation: 2 });
    const { rows } = await pool.query('SELECT count(*)::int AS orders FROM read.orders');
    expect(rows).toEqual([{ orders: 320 }]);
  });

  it('find a tampered row, name it, and do not switch', async () => {
    await pool.query(`UPDATE read.revenue SET gross = gross + 1 WHERE clock = 'PROCESSED'`);
    const { exitCode, stderr } = await tidemark('replay', 'category-revenue', '--verify');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /Not switched, because the rebuilt rows differ .*category-revenue \(generation 2\)/,
    );
    const diff = await tidemark('projections', 'diff', 'category-revenue');
    expect(diff.exitCode).toBe(1);
    expect(diff.stdout).toMatch(/revenue +DIFFERENT/);
    expect((await tidemark('projections', 'drop', 'category-revenue', '--generation', '2')).exitCode).toBe(0);
  });

  it('list nothing parked and have nothing to retry', async () => {
    expect((await tidemark('projections', 'dead-letters', 'orders')).stdout).toMatch(/nothing is parked/);
    expect(await json('projections', 'retry', 'orders')).toEqual({ applied: 0, parked: 0, failures: [] });
  });

  it('park an event that can never be applied, name the next command, and skip it for ever', async () => {
    const listener = new Listener(database.url);
    const store = await PostgresEventStore.open({ pool, listener });
    await store.append('order-broken', 'noStream', [someEvent('OrderPlaced'), someEvent('OrderPlaced')]);
    await store.close();
    await listener.close();

    const stopped = await tidemark('replay', 'orders');
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toMatch(
      /cannot take the event at \d+ .*`tidemark replay orders --park` parks its stream/,
    );
    expect((await tidemark('replay', 'orders', '--park')).exitCode).toBe(0);

    const skip = ['projections', 'skip', 'orders', 'order-broken'];
    expect(await tidemark(...skip)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/--reason/) });
    expect(await tidemark(...skip, '--reason', ' ')).toMatchObject({ exitCode: 2 });
    const first = await tidemark(...skip, '--reason', 'a test of ours');
    expect(first.stdout).toMatch(
      /^orders: skipped OrderPlaced at \d+ of order-broken .* 0 applied, 1 still parked\.\n/,
    );
    expect(first.exitCode).toBe(1);
    expect((await tidemark(...skip, '--reason', 'and the other', '--json')).exitCode).toBe(0);
    expect(await tidemark(...skip, '--reason', 'none is left')).toMatchObject({
      exitCode: 1,
      stderr: 'orders: nothing of stream order-broken is parked.\n',
    });

    const listed = (await tidemark('projections', 'dead-letters', 'orders')).stdout;
    expect(listed).toMatch(/nothing is parked\.\norders: skipped, and counted by no build:\n/);
    expect(listed).toMatch(/order-broken +OrderPlaced .* a test of ours +\S+@\S+ +\d{4}-/);
    const verified = await tidemark('replay', 'orders', '--verify');
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/equal +yes/) });
    const status = await json<Array<Record<string, unknown>>>('projections', 'status');
    expect(
      status.find(({ projection, status }) => projection === 'orders' && status === 'active'),
    ).toMatchObject({
      deadLetters: 0,
      skippedEvents: 2,
    });
    expect((await tidemark('doctor')).stdout).toMatch(
      /projection orders +generation \d+, 0 events behind, 2 skipped/,
    );
  });

  it.each([
    [['replay', 'nonsense'], 2, /No projection is called "nonsense"\. There are: orders, .*rfm\.\n$/],
    [['replay'], 2, /Name the projections to rebuild, or give --all\.\n$/],
    [['replay', 'rfm', '--all'], 2, /either names or --all/],
    [['replay', 'rfm', '--until', 'yesterday'], 2, /--until yesterday: give a position, or a time/],
    [['replay', 'rfm', '--batch-size', '0'], 2, /--batch-size 0/],
    [['projections', 'diff', 'nonsense'], 2, /No projection is called "nonsense"/],
    [
      ['projections', 'switch', 'customers'],
      1,
      /customers has no ready generation\. Its generations: 1 \(active\)\./,
    ],
    [['projections', 'rollback', 'customers'], 1, /customers has no retired generation/],
    [['projections', 'drop', 'orders', '--generation', '9'], 1, /orders has no generation 9/],
    [['projections', 'drop', 'customers', '--generation', '1'], 1, /is published: switch first/],
    [['projections', 'diff', 'orders', '--generation', 'x'], 2, /--generation x/],
  ])('refuse %j with %d and one line', async (args, exitCode, message) => {
    const refused = await tidemark(...args);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    expect(refused.exitCode).toBe(exitCode);
  });
});
