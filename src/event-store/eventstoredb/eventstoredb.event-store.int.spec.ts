import { EventStoreDbDouble } from '../../../test/support/eventstoredb/double';
import { storeUnderTest } from '../../../test/support/eventstoredb/store-under-test';
import { eventStoreFeatures } from '../event-store.features';

/** An outage is told of soon; what is slow is not taken for one. */
const IMPATIENT = { callTimeoutMs: 30_000, retryMs: 1_500 };

async function makeStore(batchAppends: boolean) {
  const double = await EventStoreDbDouble.start();
  return storeUnderTest({ url: double.url, batchAppends, ...IMPATIENT }, double);
}

eventStoreFeatures('EventStoreDB, a call for each append', () => makeStore(false));
eventStoreFeatures('EventStoreDB, appends in batches', () => makeStore(true));
