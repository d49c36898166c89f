import { once } from 'node:events';
import { EventStoreDbDouble } from '../../test/support/eventstoredb/double';
import { appendEvents, Bridges } from '../../test/support/kafka/bridges';
import { freshTopics, startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { NOTHING_WRONG, topicCensus } from '../../test/support/kafka/whole-log';
import { createTestStore } from '../../test/support/store';
import { until } from '../../test/support/until';
import type { EventStore } from '../event-store/event-store';
import { openEventStoreDb } from '../event-store/eventstoredb/eventstoredb.event-store';
import type { KafkaOptions } from '../kafka/kafka-options';

const PARTITIONS = 3;
const LEASE_TERM_MS = 2_000;
jest.setTimeout(180_000);

describeKafka('the bridge over EventStoreDB', () => {
  let broker: TestKafka;
  let double: EventStoreDbDouble;
  let store: EventStore;
  let shop: Bridges;
  let kafka: KafkaOptions;

  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.stop());

  beforeEach(async () => {
    kafka = freshTopics(broker, 'bridge specs');
    double = await EventStoreDbDouble.start();
    store = await openEventStoreDb({ url: double.url });
    const readModels = await createTestStore();
    const close = async () => {
      await store.close();
      await readModels.close();
      await double.stop();
    };
    shop = new Bridges(
      { ...readModels, store, close },
      kafka,
      { partitions: PARTITIONS },
      LEASE_TERM_MS,
      double.url,
    );
  });
  afterEach(() => shop.close());

  const census = () => topicCensus(store, kafka, PARTITIONS);
  const somethingIsNew = async (before: string) => until(async () => (await shop.confirmed()) > before);

  it('carries the log in order, each event once, and goes on where it was after it was stopped', async () => {
    for (let round = 0; round < 3; round++) {
      await appendEvents(store, 600);
      const before = await shop.confirmed();
      const bridge = shop.start();
      await somethingIsNew(before);
      await bridge.stop();
    }
    shop.start();
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('loses and doubles nothing when it is killed, or the event store is', async () => {
    for (let round = 0; round < 3; round++) {
      const before = await shop.confirmed();
      const child = shop.spawn();
      await appendEvents(store, 400);
      await somethingIsNew(before);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    shop.start();
    for (let round = 0; round < 3; round++) {
      await appendEvents(store, 400);
      await double.kill();
      await double.restart();
    }
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });
});
