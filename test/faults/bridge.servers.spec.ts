import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { readLease } from '../../src/bridge/lease-row';
import type { KafkaOptions } from '../../src/kafka/kafka-options';
import { appendEvents, Bridges } from '../support/kafka/bridges';
import { freshTopics, type OwnBroker, startOwnBroker } from '../support/kafka/broker';
import { describeKafka } from '../support/kafka/suite';
import { NOTHING_WRONG, topicCensus } from '../support/kafka/whole-log';
import { createTestStore } from '../support/store';
import { until } from '../support/until';
import { ROUND_TIMEOUT_MS, rounds, tell } from './support/rounds';

const PARTITIONS = 4;
const EVENTS = 6_000;
const FAULT_WITHIN_MS = 1_000;

describeKafka(
  'the topics of a shop',
  () => {
    let broker: OwnBroker;
    let shop: Bridges;
    let kafka: KafkaOptions;
    beforeAll(async () => {
      broker = await startOwnBroker();
    }, ROUND_TIMEOUT_MS);
    afterAll(() => broker.stop());
    beforeEach(async () => {
      kafka = freshTopics(broker, 'fault specs');
      shop = new Bridges(await createTestStore(), kafka, { partitions: PARTITIONS });
    });
    afterEach(() => shop.close(), ROUND_TIMEOUT_MS);

    /** Waits until the topics have the whole log, and compares them with it. */
    async function expectNothingWrong(fault: string): Promise<void> {
      await shop.caughtUp();
      const found = await topicCensus(shop.shop.store, kafka, PARTITIONS);
      tell({ fault, lost: found.lost.length, doubled: found.doubled.length });
      expect(found).toEqual(NOTHING_WRONG);
    }

    /** A bridge in a process of its own that has the lease, while events come in. */
    async function startWorking() {
      const child = shop.spawn();
      await until(
        async () => (await readLease(shop.shop.database.pool)).holder?.endsWith(`:${child.pid}`) === true,
      );
      const writing = appendEvents(shop.shop.store, EVENTS);
      await delay(Math.random() * FAULT_WITHIN_MS);
      return { child, writing };
    }

    it.each(rounds)(
      'round $round: hold each event once after kill -9 of the bridge',
      async () => {
        const { child, writing } = await startWorking();
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await Promise.all([exited, writing]);
        shop.start();
        await expectNothingWrong('kill -9 of a bridge');
      },
      ROUND_TIMEOUT_MS,
    );

    it.each(rounds)(
      'round $round: hold each event once after kill -9 of the broker',
      async () => {
        const { writing } = await startWorking();
        await broker.restart();
        await writing;
        await expectNothingWrong('kill -9 of the broker');
      },
      ROUND_TIMEOUT_MS,
    );

    it.each(rounds)(
      'round $round: hold each event once with two bridges, of which the one at work is stopped and woken',
      async () => {
        const { child, writing } = await startWorking();
        child.kill('SIGSTOP');
        const second = shop.start();
        await until(() => second.state === 'publishing');
        child.kill('SIGCONT');
        await writing;
        await appendEvents(shop.shop.store, EVENTS);
        await expectNothingWrong('two bridges, the one at work stopped past its lease and woken');
      },
      ROUND_TIMEOUT_MS,
    );
  },
  { needsJars: true },
);
