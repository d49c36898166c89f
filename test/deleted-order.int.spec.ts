import { EventStoreDBClient } from '@eventstore/db-client';
import { type CommandContext, createCommandContext, payOrder, placeOrder } from '../src/commands';
import type { EventStore } from '../src/event-store/event-store';
import { openEventStoreDb } from '../src/event-store/eventstoredb/eventstoredb.event-store';
import { placeOrderInput } from './support/commands';
import { EventStoreDbDouble } from './support/eventstoredb/double';

let double: EventStoreDbDouble;
let stores: EventStore[];
let client: EventStoreDBClient;
let one: CommandContext;
let two: CommandContext;

beforeAll(async () => {
  double = await EventStoreDbDouble.start({ undeleteMs: 100 });
  client = EventStoreDBClient.connectionString(double.url);
  const open = () => openEventStoreDb({ url: double.url });
  stores = [await open(), await open()];
  [one, two] = stores.map((store) => createCommandContext({ store })) as [CommandContext, CommandContext];
});
afterAll(async () => {
  for (const store of stores) await store.close();
  await client.dispose();
  await double.stop();
});

const order = (orderId: string, idempotencyKey: string) => placeOrderInput({ orderId, idempotencyKey });

async function deletedOrder(orderId: string): Promise<void> {
  expect(await placeOrder(one, order(orderId, 'first'))).toMatchObject({ ok: true });
  await client.deleteStream(`order-${orderId}`);
}

it('an order that was deleted and is placed again is there for the next command', async () => {
  await deletedOrder('A-1');
  expect(await placeOrder(one, order('A-1', 'again'))).toMatchObject({ ok: true, value: { revision: 1 } });
  expect(await payOrder(two, { orderId: 'A-1', idempotencyKey: 'pay' })).toMatchObject({
    ok: true,
    value: { revision: 2, state: { status: 'PAID' } },
  });
});

it('an order that was deleted is placed again once, however many try it', async () => {
  await deletedOrder('A-2');
  const again = await Promise.all(
    [one, two, one, two].map((each) => placeOrder(each, order('A-2', 'again'))),
  );
  for (const result of again) expect(result).toMatchObject({ ok: true, value: { revision: 1 } });
  expect(again.filter((result) => result.ok && !result.value.duplicate)).toHaveLength(1);
});
