import type { Producer, ProducerRecord } from 'kafkajs';
import pino from 'pino';
import { accepted, placeOrderInput } from '../../test/support/commands';
import { createTestStore, type TestStore } from '../../test/support/store';
import { createCommandContext, placeOrder } from '../commands';
import { CheckpointMovedError } from '../projections/engine/errors';
import { startProjector } from '../projections/live/store-projector';
import { AggregateCheckpoints } from './checkpoints';
import { publishNext } from './publish-next';

describe('publishing the next changes', () => {
  let shop: TestStore;
  let keys: string[];

  beforeEach(async () => {
    keys = [];
    shop = await createTestStore();
    const { database, store } = shop;
    accepted(await placeOrder(createCommandContext({ store }), placeOrderInput({ customerId: null })));
    const logger = pino({ level: 'silent' });
    const projector = startProjector({ databaseUrl: database.url, pool: database.pool, store, logger });
    await projector.caughtUp();
    await projector.stop();
  });
  afterEach(() => shop.close());

  const load = async (onForgotten = (_: string[]) => {}) =>
    AggregateCheckpoints.load(
      shop.database.pool,
      await shop.store.identity(),
      (await shop.store.head())?.position ?? '',
      onForgotten,
    );

  const publish = (checkpoints: AggregateCheckpoints, send: Producer['send']) =>
    publishNext({ pool: shop.database.pool, store: shop.store }, checkpoints, {
      name: 'order-aggregates',
      producer: { send } as Producer,
      source: 'urn:spec',
    });

  const take = async ({ messages }: ProducerRecord) => {
    keys.push(...messages.map(({ key }) => String(key)));
    return [];
  };
  const refuse = () => Promise.reject(new Error('not acknowledged'));

  it('leaves the checkpoint where it is until the broker has acknowledged', async () => {
    await expect(publish(await load(), refuse)).rejects.toThrow('not acknowledged');
    await publish(await load(), take);
    await publish(await load(), take);
    expect(keys).toEqual(['O1']);
  });

  it('stops a publisher whose checkpoint another has moved', async () => {
    const former = await load();
    await publish(await load(), take);
    await expect(publish(former, take)).rejects.toThrow(CheckpointMovedError);
  });

  it('begins anew where the log was put back to before the checkpoint', async () => {
    const checkpoints = await load();
    await checkpoints.move('tidemark.order.changed', '9'.repeat(20));
    const forgotten: string[] = [];
    await publish(await load((kinds) => forgotten.push(...kinds)), take);
    expect(forgotten).toEqual(['tidemark.order.changed']);
    expect(keys).toEqual(['O1']);
  });
});
