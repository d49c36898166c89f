import { EventStoreDbDouble } from '../../../test/support/eventstoredb/double';
import { StoreAccessDeniedError, StoreUnavailableError } from '../errors';
import { collect, newEvents } from '../features/harness';
import { type EventStoreDbOptions, openEventStoreDb } from './eventstoredb.event-store';

const USER = { user: 'shop', password: 'p@ss:w/rd %' };
const IMPATIENT = { callTimeoutMs: 2_000, retryMs: 1_000 };

let double: EventStoreDbDouble;
beforeAll(async () => {
  double = await EventStoreDbDouble.start({}, USER);
});
afterAll(() => double.stop());

const refusal = (options: EventStoreDbOptions): Promise<unknown> =>
  openEventStoreDb(options).then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each([false, true])('over TLS with a user, found as a node of a cluster: %s', (isCluster) => {
  const url = () => (isCluster ? double.userUrl.replace('esdb:', 'esdb+discover:') : double.userUrl);

  it.each([false, true])(
    'writes, reads and goes on after a cut connection, in batches: %s',
    async (batchAppends) => {
      const store = await openEventStoreDb({ url: url(), batchAppends, ...IMPATIENT });
      const stream = `order-${isCluster}-${batchAppends}`;
      await store.append(stream, 'noStream', newEvents(2));
      double.cut();
      await store.append(stream, 1, newEvents(1));
      expect((await collect(store.readStream(stream))).map(({ revision }) => revision)).toEqual([0, 1, 2]);
      await store.close();
    },
  );
});

it.each([
  ['a wrong password', () => double.userUrl.replace('w%2Frd', 'word')],
  ['a user that it does not know', () => double.userUrl.replace('shop:', 'thief:')],
  ['nobody', () => double.url],
])('is refused as %s, and does not ask again', async (_, url) => {
  // It would go on for longer than a test may take.
  const error = await refusal({ url: url(), retryMs: 600_000 });
  expect(error).toBeInstanceOf(StoreAccessDeniedError);
});

it('does not trust a certificate of an unknown authority', async () => {
  const error = await refusal({ url: double.userUrl.replace(/&tlsCaFile=.*/, ''), ...IMPATIENT });
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect((error as Error).message).toMatch(/certificate/);
});
