import { EventStoreDbDouble } from '../../../test/support/eventstoredb/double';
import { storeUnderTest } from '../../../test/support/eventstoredb/store-under-test';
import { eventStoreFeatures } from '../event-store.features';

/** Short enough to report an outage soon, long enough not to take slowness for one. */
const IMPATIENT = { callTimeoutMs: 30_000, retryMs: 1_500 };

let double: EventStoreDbDouble;
beforeAll(async () => {
  double = await EventStoreDbDouble.start();
});
afterAll(() => double.stop());

/** All stores are on one server: a process for each block would take longer than its tests. */
const makeStore = (batchAppends: boolean) =>
  storeUnderTest(
    { url: double.url, batchAppends, ...IMPATIENT },
    { cut: () => double.cut(), outage: () => double.outage(), stop: async () => {} },
  );

eventStoreFeatures('EventStoreDB, a call for each append', () => makeStore(false));
eventStoreFeatures('EventStoreDB, appends in batches', () => makeStore(true));
