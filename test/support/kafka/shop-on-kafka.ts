import type { ChildProcess } from 'node:child_process';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { createTestStore, type TestStore } from '../store';
import { Bridges } from './bridges';
import { freshTopics, startKafka, type TestKafka } from './broker';
import { killAll } from './projectors';

/** A shop on Kafka, and what a test has started: it is ended when the test is over. */
export interface ShopOnKafka {
  broker: TestKafka;
  kafka: KafkaOptions;
  shop: TestStore;
  bridges: Bridges;
  running: { stop(): Promise<void> }[];
  children: ChildProcess[];
}

/**
 * One broker for the tests of a block, and for each of them a shop with topics of its own and bridges that
 * are not started.
 */
export function useShopOnKafka(clientId: string, topics: { partitions: number }): ShopOnKafka {
  const on = {} as ShopOnKafka;
  beforeAll(async () => {
    on.broker = await startKafka();
  });
  afterAll(() => on.broker.stop());
  beforeEach(async () => {
    const kafka = freshTopics(on.broker, clientId);
    const shop = await createTestStore();
    Object.assign(on, { kafka, shop, bridges: new Bridges(shop, kafka, topics), running: [], children: [] });
  });
  afterEach(async () => {
    await Promise.all(on.running.map((one) => one.stop()));
    await killAll(on.children);
    await on.bridges.close();
  });
  return on;
}
