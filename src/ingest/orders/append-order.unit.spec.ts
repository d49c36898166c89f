import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InMemoryEventStore } from '../../../test/support/in-memory.event-store';
import { orderAppends } from './append-order';

function someEvent() {
  const id = randomUUID();
  const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
  return { id, type: 'OrderPaid', data: {}, occurredAt: 0, metadata };
}

describe('ordered appends', () => {
  it('happen in the order in which they are expected, whichever command is ready first', async () => {
    const inner = new InMemoryEventStore();
    const { store, expect: next } = orderAppends(inner);
    const streams = Array.from({ length: 20 }, (_, i) => `order-${i}`);
    const over = streams.map((stream) => next(stream));
    const appends = streams.toReversed().map(async (stream) => {
      await store.append(stream, 'noStream', [someEvent()]);
      over[streams.indexOf(stream)]?.();
    });
    await Promise.all(appends);
    expect(inner.log.map(({ stream }) => stream)).toEqual(streams);
  });

  it('do not wait for commands that end without one, but for those before them', async () => {
    const inner = new InMemoryEventStore();
    const { store, expect: next } = orderAppends(inner);
    next('order-1');
    const refused = next('order-2');
    next('order-3');
    const third = store.append('order-3', 'noStream', [someEvent()]);
    refused();
    await nextTurn();
    expect(inner.log).toEqual([]);
    await store.append('order-1', 'noStream', [someEvent()]);
    await third;
    expect(inner.log.map(({ stream }) => stream)).toEqual(['order-1', 'order-3']);
  });

  it('let a stream that nobody expects through', async () => {
    const inner = new InMemoryEventStore();
    const { store, expect: next } = orderAppends(inner);
    next('order-1');
    await store.append('store', 'noStream', [someEvent()]);
    expect(inner.log).toHaveLength(1);
  });

  it('go on after one that failed', async () => {
    const inner = new InMemoryEventStore();
    await inner.append('order-1', 'noStream', [someEvent()]);
    const { store, expect: next } = orderAppends(inner);
    const over = next('order-1');
    next('order-2');
    const second = store.append('order-2', 'noStream', [someEvent()]);
    await expect(store.append('order-1', 'noStream', [someEvent()])).rejects.toThrow();
    over();
    await expect(second).resolves.toMatchObject({ revision: 0 });
  });
});
