import { EventStoreDbDouble } from '../../test/support/eventstoredb/double';
import { createTestStore, type TestStore } from '../../test/support/store';
import type { EventStore } from '../event-store/event-store';
import { readConfig } from './config';
import { describeEventStore, openEventStore } from './event-store';

let double: EventStoreDbDouble;
let test_: TestStore;
const opened: EventStore[] = [];

beforeAll(async () => {
  [double, test_] = await Promise.all([EventStoreDbDouble.start(), createTestStore()]);
});
afterAll(async () => {
  for (const store of opened) await store.close();
  await double.stop();
  await test_.close();
});

async function open(prefix: string): Promise<EventStore> {
  const config = readConfig({ EVENT_STORE_URL: double.url, EVENT_STORE_STREAM_PREFIX: prefix });
  const store = await openEventStore(config, { pool: test_.database.pool, listener: test_.listener });
  opened.push(store);
  return store;
}

it('gives each prefix a store of its own on one server', async () => {
  const [shop, other, again] = [await open('shop-'), await open('other-'), await open('shop-')];
  expect(await again.identity()).toBe(await shop.identity());
  expect(await other.identity()).not.toBe(await shop.identity());
});

it('tells people which streams of the server it uses', () => {
  const config = { EVENT_STORE_URL: 'esdb://me:secret@host:2113' };
  expect(describeEventStore(readConfig(config))).toBe('esdb://me@host:2113');
  expect(describeEventStore(readConfig({ ...config, EVENT_STORE_STREAM_PREFIX: 'shop-' }))).toBe(
    'esdb://me@host:2113, streams shop-*',
  );
});
