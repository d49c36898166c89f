import pino from 'pino';
import { startTestApi, type TestApi } from '../../../test/support/api';
import { Shop } from '../../../test/support/shop';
import { createCommandContext } from '../../commands';
import { pullStream } from '../../concurrency/pull-stream';
import type { LiveMetrics } from '../types/live-metrics.type';
import { LiveMetricsHub } from './live-metrics-hub';
import { OrderHub } from './order-hub';

let api: TestApi;
let shop: Shop;
const logger = pino({ level: 'silent' });

beforeAll(async () => {
  api = await startTestApi();
  shop = new Shop(api);
});
afterAll(() => api.close());

/** Waits until all read models show a write. */
const shown = (token: string) => api.ask(`{ projections(consistency: { token: "${token}" }) { name } }`);

describe('the hub of orders', () => {
  it('gives a client that was slow the newest, and nothing in between', async () => {
    const hub = new OrderHub({ pool: api.pool, progress: api.progress, logger });
    await shop.place('slow');
    const slow = pullStream((signal) => hub.watch('slow', signal));
    const fast = pullStream((signal) => hub.watch('slow', signal));
    expect((await slow.next()).value).toMatchObject({ status: 'PLACED' });
    await fast.next();
    for (const change of [() => shop.pay('slow'), () => shop.ship('slow')]) {
      await change();
      await fast.next();
    }
    expect((await slow.next()).value).toMatchObject({ status: 'SHIPPED', revision: 2 });
    await Promise.all([slow.return?.(), fast.return?.()]);
    expect(hub.size).toBe(0);
  });

  it('reads all watched orders in one statement', async () => {
    const hub = new OrderHub({ pool: api.pool, progress: api.progress, logger });
    const ids = Array.from({ length: 20 }, (_, i) => `many${i}`);
    await Promise.all(ids.map((id) => shop.place(id)));
    await shown(await shop.place('last'));
    const query = jest.spyOn(api.pool, 'query');
    const streams = ids.map((id) => pullStream((signal) => hub.watch(id, signal)));
    const values = await Promise.all(streams.map((stream) => stream.next()));
    expect(values.map(({ value }) => value.id)).toEqual(ids);
    // The first id starts a reading. The others come while it runs, and share the next.
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
    await Promise.all(streams.map((stream) => stream.return?.()));
  });

  it('tries again when the database fails', async () => {
    const hub = new OrderHub({ pool: api.pool, progress: api.progress, logger });
    await shown(await shop.place('retry'));
    const query = jest.spyOn(api.pool, 'query').mockImplementationOnce(() => {
      throw new Error('connection lost');
    });
    const stream = pullStream((signal) => hub.watch('retry', signal));
    expect((await stream.next()).value).toMatchObject({ id: 'retry' });
    query.mockRestore();
    await stream.return?.();
  });
});

describe('the hub of live metrics', () => {
  /** Reads until a value meets a condition: the two read models advance one after the other. */
  async function readUntil(stream: AsyncIterableIterator<LiveMetrics>, orders: number): Promise<void> {
    while ((await stream.next()).value.orders !== orders);
  }

  it('computes once for all who watch a currency', async () => {
    const { pool, store, progress } = api;
    const commands = createCommandContext({ store });
    const hub = new LiveMetricsHub({ pool, store, commands, progress, logger });
    const snapshots = jest.spyOn(pool, 'connect');
    const streams = [50, 100, 250].map((everyMs) =>
      pullStream((signal) => hub.watch('EUR', everyMs, signal)),
    );
    const first = await Promise.all(streams.map((stream) => stream.next()));
    expect(hub.size).toBe(1);
    expect(snapshots).toHaveBeenCalledTimes(1);
    expect(new Set(first.map(({ value }) => value)).size).toBe(1);
    snapshots.mockRestore();

    await shop.place('metric');
    await Promise.all(streams.map((stream) => readUntil(stream, first[0]?.value.orders + 1)));
    await Promise.all(streams.map((stream) => stream.return?.()));
    expect(hub.size).toBe(0);
  });

  it('reads the numbers of all currencies in the statements that one takes', async () => {
    const { pool, store, progress } = api;
    const commands = createCommandContext({ store });
    await shown(await shop.place('yen', { currency: 'JPY', price: '700' }));
    const hub = new LiveMetricsHub({ pool, store, commands, progress, logger });
    const currencies = ['JPY', 'EUR', null, 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'HUF', 'USD', 'CAD'];
    const snapshots = jest.spyOn(pool, 'connect');
    const streams = currencies.map((currency) => pullStream((signal) => hub.watch(currency, 50, signal)));
    const first = await Promise.all(streams.map((stream) => stream.next()));
    expect(hub.size).toBe(currencies.length);
    // The first one starts a reading. The others come while it runs, and share the next.
    expect(snapshots.mock.calls.length).toBeLessThanOrEqual(2);
    expect(first.map(({ value }) => value.currency)).toEqual(currencies.map((currency) => currency ?? 'EUR'));
    expect(first[0]?.value).toMatchObject({ orders: 1, gross: '700' });
    expect(first[3]?.value).toMatchObject({ orders: 0, gross: '0.00', byCategory: [], anomalies: 0 });
    expect(first[1]?.value.orders).toBeGreaterThan(0);
    expect(first[2]?.value).toEqual(first[1]?.value);
    snapshots.mockRestore();
    await Promise.all(streams.map((stream) => stream.return?.()));
    expect(hub.size).toBe(0);
  });

  it('gives a client that was slow the newest, and nothing in between', async () => {
    const { pool, store, progress } = api;
    const commands = createCommandContext({ store });
    const hub = new LiveMetricsHub({ pool, store, commands, progress, logger });
    const slow = pullStream((signal) => hub.watch(null, 50, signal));
    const fast = pullStream((signal) => hub.watch(null, 50, signal));
    const { value: before } = await slow.next();
    await fast.next();
    for (let i = 1; i <= 3; i++) {
      await shop.place(`step${i}`);
      await readUntil(fast, before.orders + i);
    }
    expect((await slow.next()).value.orders).toBe(before.orders + 3);
    await Promise.all([slow.return?.(), fast.return?.()]);
  });

  it('tells of events that pile up while nothing reads them', async () => {
    const { pool, store, progress } = api;
    const commands = createCommandContext({ store });
    await shown(await shop.place('seen'));
    const hub = new LiveMetricsHub({ pool, store, commands, progress, logger });
    const stream = pullStream((signal) => hub.watch(null, 50, signal));
    const { value: before } = await stream.next();
    expect(before.lag).toEqual({ events: 0, seconds: 0 });
    await api.projector.stop();
    await shop.place('unseen');
    const { value } = await stream.next();
    expect(value).toMatchObject({ orders: before.orders, lag: { events: 1 } });
    expect(value.lag.seconds).toBeGreaterThan(0);
    await stream.return?.();
  });
});
