import { once } from 'node:events';
import type { Pool } from 'pg';
import { createTestStore, type TestStore } from '../../test/support/store';
import { until } from '../../test/support/until';
import { LAST_PRODUCER_EPOCH } from '../kafka/partition-client';
import { LeaseLostError } from './errors';
import { Lease, type LeaseOptions } from './lease';
import { readLease } from './lease-row';

/** The term of a lease that is not over before the spec is. */
const LONG_MS = 3_600_000;
const SHORT_MS = 1_000;

let shop: TestStore;
let stopping: AbortController;
let taken: Lease[];

beforeEach(async () => {
  shop = await createTestStore();
  stopping = new AbortController();
  taken = [];
});
afterEach(async () => {
  stopping.abort();
  await Promise.all(taken.map((lease) => lease.release()));
  await shop.close();
});

const acquire = async (options: Partial<LeaseOptions> = {}): Promise<Lease | null> => {
  const { database, listener } = shop;
  const lease = await Lease.acquire(
    { pool: database.pool, listener, termMs: LONG_MS, ...options },
    stopping.signal,
  );
  if (lease) taken.push(lease);
  return lease;
};
const take = async (options: Partial<LeaseOptions> = {}): Promise<Lease> => {
  const lease = await acquire(options);
  if (lease === null) throw new Error('The lease was not taken');
  return lease;
};
const row = () => readLease(shop.database.pool);
/** Makes the lease look as if its holder had been silent for longer than its term. */
const expire = () =>
  shop.database.pool.query(`UPDATE tidemark.bridge_lease SET expires_at = clock_timestamp()`);

describe('taking', () => {
  it('raises the epoch every time and names the holder', async () => {
    expect(await row()).toMatchObject({ epoch: 0, holder: null });
    const first = await take();
    expect(first.epoch).toBe(1);
    expect(await row()).toMatchObject({ epoch: 1, holder: expect.stringContaining(`:${process.pid}`) });
    await first.release();
    expect(await row()).toMatchObject({ epoch: 1, holder: null });
    expect((await take()).epoch).toBe(2);
  });

  it('lets one of many in at once; the others get the lease one after the other', async () => {
    let holders = 0;
    const epochs: number[] = [];
    const turn = async () => {
      const lease = await take();
      expect(++holders).toBe(1);
      epochs.push(lease.epoch);
      await new Promise(setImmediate);
      holders--;
      await lease.release();
    };
    await Promise.all(Array.from({ length: 6 }, turn));
    expect(epochs).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('waits while another process holds the lease, and returns null when it is stopped', async () => {
    await take();
    const waiting = acquire();
    stopping.abort();
    expect(await waiting).toBeNull();
  });

  it('waits while the database cannot be reached', async () => {
    const { pool } = shop.database;
    const flaky = fragile(pool);
    flaky.isAway = true;
    const waiting = acquire({ pool: flaky.pool });
    await until(() => flaky.failed > 0);
    flaky.isAway = false;
    expect((await waiting)?.epoch).toBe(1);
  });

  it('succeeds when the holder was silent for a whole term, and not before', async () => {
    const silent = fragile(shop.database.pool);
    const begun = performance.now();
    await take({ pool: silent.pool, termMs: SHORT_MS });
    silent.isAway = true;
    expect((await take({ termMs: SHORT_MS })).epoch).toBe(2);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(SHORT_MS);
  });
});

describe('holding', () => {
  it('goes on past its term', async () => {
    const lease = await take({ termMs: SHORT_MS });
    const end = performance.now() + 3 * SHORT_MS;
    await until(() => performance.now() > end);
    lease.check();
    expect((await row()).holder).not.toBeNull();
    expect(lease.lost.aborted).toBe(false);
  });

  it('ends when the lease was stolen, and leaves the lease of the thief alone', async () => {
    const lease = await take({ termMs: SHORT_MS });
    const lost = once(lease.lost, 'abort');
    await expire();
    const thief = await take();
    await lost;
    expect(() => lease.check()).toThrow(LeaseLostError);
    await lease.release();
    expect(await row()).toMatchObject({ epoch: thief.epoch, holder: expect.any(String) });
  });

  it('neither raises the epoch nor changes the producer after the lease was stolen', async () => {
    const lease = await take();
    await expire();
    const thief = await take();
    await expect(lease.nextProducer()).rejects.toThrow(LeaseLostError);
    await expect(lease.adopt('7')).rejects.toThrow(LeaseLostError);
    expect((await row()).epoch).toBe(thief.epoch);
    expect(await thief.nextProducer()).toBeNull();
    expect(thief.producerId).toBeNull();
  });

  it('survives a short outage of the database, and ends with the term in a long one', async () => {
    const flaky = fragile(shop.database.pool);
    const lease = await take({ pool: flaky.pool, termMs: SHORT_MS });
    flaky.isAway = true;
    await until(() => flaky.failed > 0);
    expect(lease.lost.aborted).toBe(false);
    flaky.isAway = false;
    const failed = flaky.failed;
    const written = flaky.done;
    await until(() => flaky.done > written);
    expect(lease.lost.aborted).toBe(false);
    flaky.isAway = true;
    await once(lease.lost, 'abort');
    expect(flaky.failed).toBeGreaterThan(failed);
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  it('ends when the holder releases the lease', async () => {
    const lease = await take();
    await lease.release();
    expect(lease.lost.aborted).toBe(true);
    expect(() => lease.check()).toThrow(LeaseLostError);
  });

  it('ends by the holder’s own clock, whatever the database says', async () => {
    const lease = await take({ termMs: SHORT_MS });
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + SHORT_MS);
    try {
      expect(() => lease.check()).toThrow(LeaseLostError);
    } finally {
      clock.mockRestore();
    }
  });
});

describe('what the holder says of itself', () => {
  it('is written, and the confirmed position never goes back', async () => {
    const lease = await take();
    lease.confirm('0000000000000000007');
    lease.confirm('0000000000000000003');
    lease.report('blocked', 'no room');
    const said = { confirmed: '0000000000000000007', state: 'blocked', reason: 'no room' };
    await until(async () => (await row()).state === 'blocked');
    expect(await row()).toMatchObject(said);
  });

  it('hands the confirmed position on when it is released at once', async () => {
    const lease = await take();
    lease.confirm('0000000000000000007');
    await lease.release();
    expect((await take()).confirmed).toBe('0000000000000000007');
  });
});

describe('the producer', () => {
  it('has one id for all holders, and another epoch for each', async () => {
    const first = await take();
    expect(await first.nextProducer()).toBeNull();
    expect(await first.adopt('4711')).toEqual({ id: '4711', epoch: 0 });
    expect(await first.nextProducer()).toEqual({ id: '4711', epoch: 1 });
    await first.release();
    const second = await take();
    expect(await second.nextProducer()).toEqual({ id: '4711', epoch: 3 });
    expect(second.epoch).toBe(first.epoch + 2);
  });

  it('has no further epoch before the last, which closes the id', async () => {
    const lease = await take();
    await lease.nextProducer();
    await lease.adopt('4711');
    await shop.database.pool.query(
      `UPDATE tidemark.bridge_lease SET producer_since = epoch - ${LAST_PRODUCER_EPOCH - 2}`,
    );
    expect(await lease.nextProducer()).toEqual({ id: '4711', epoch: LAST_PRODUCER_EPOCH - 1 });
    expect(await lease.nextProducer()).toBeNull();
    expect(lease.producerId).toBe('4711');
    expect(await lease.adopt('4712')).toEqual({ id: '4712', epoch: 0 });
    expect(await lease.nextProducer()).toEqual({ id: '4712', epoch: 1 });
  });
});

/** A pool that can be made to fail. */
function fragile(pool: Pool) {
  const state = { isAway: false, failed: 0, done: 0, pool };
  const query = async (...args: Parameters<Pool['query']>) => {
    if (state.isAway) {
      state.failed++;
      throw new Error('The database is away');
    }
    const result = await pool.query(...args);
    state.done++;
    return result;
  };
  state.pool = { query } as unknown as Pool;
  return state;
}
