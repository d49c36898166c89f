import { setTimeout as delay } from 'node:timers/promises';
import { appendEvents, Bridges } from '../../test/support/kafka/bridges';
import { freshTopics, type OwnBroker, startOwnBroker } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { NOTHING_WRONG, topicCensus } from '../../test/support/kafka/whole-log';
import { createTestStore } from '../../test/support/store';
import { until } from '../../test/support/until';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { KafkaOptions } from '../kafka/kafka-options';

const PARTITIONS = 3;
/** A killed broker takes long to come back. */
jest.setTimeout(180_000);

describeKafka(
  'the bridge, when its broker',
  () => {
    let broker: OwnBroker;
    let shop: Bridges;
    let kafka: KafkaOptions;

    beforeAll(async () => {
      broker = await startOwnBroker();
    });
    afterAll(() => broker.stop());
    beforeEach(async () => {
      kafka = freshTopics(broker, 'bridge specs');
      shop = new Bridges(await createTestStore(), kafka, { partitions: PARTITIONS });
    });
    afterEach(async () => {
      broker.resume();
      await shop.close();
    });

    const census = () => topicCensus(shop.shop.store, kafka, PARTITIONS);

    it('is killed and comes back, leaves no gap and no double', async () => {
      const bridge = shop.start();
      await appendEvents(shop.shop.store, 500);
      await shop.caughtUp();
      for (let round = 0; round < 2; round++) {
        const writing = appendEvents(shop.shop.store, 8_000);
        await delay(Math.random() * 300);
        await broker.kill9();
        await until(() => bridge.state === 'unreachable');
        await broker.start();
        await writing;
        await shop.caughtUp();
        expect(bridge.state).toBe('publishing');
      }
      expect(await census()).toEqual(NOTHING_WRONG);
    });

    it('is not there at first, waits for it', async () => {
      await broker.kill9();
      await appendEvents(shop.shop.store, 100);
      const bridge = shop.start();
      await until(() => bridge.state === 'unreachable');
      expect(bridge.reason).toMatch(/ECONNREFUSED|Connection/);
      await broker.start();
      await shop.caughtUp();
      expect(await census()).toEqual(NOTHING_WRONG);
    });

    it('does not answer, reads the log no further than a batch ahead', async () => {
      await appendEvents(shop.shop.store, 50);
      const taken: Position[] = [];
      const bridge = shop.start({
        store: telling(shop.shop.store, (through) => taken.push(through)),
        requestTimeoutMs: 150_000,
        leaseTermMs: 150_000,
      });
      await shop.caughtUp();
      broker.pause();
      await appendEvents(shop.shop.store, 20_000);
      // Counted from the confirmed position, not from the pause. SIGSTOP takes effect when the broker's
      // thread that receives it runs. On a busy machine its other threads acknowledge several batches until
      // then.
      const ahead = async () => {
        const confirmed = await shop.confirmed();
        return taken.filter((through) => through > confirmed).length;
      };
      await until(async () => (await ahead()) > 0);
      // A bridge that read on would take these batches as well.
      await appendEvents(shop.shop.store, 20_000);
      // One batch (or a tick) is under way, and one is ready behind it. The lease confirms acknowledged
      // batches within a second or so.
      await until(async () => (await ahead()) <= 2);
      expect(await ahead()).toBeGreaterThan(0);
      broker.resume();
      await shop.caughtUp();
      expect(bridge.state).toBe('publishing');
      expect(await census()).toEqual(NOTHING_WRONG);
    });

    it('wakes up with an abandoned send in its socket, refuses it', async () => {
      const bridge = shop.start({ requestTimeoutMs: 1_000 });
      await appendEvents(shop.shop.store, 1_000);
      await shop.caughtUp();
      for (let round = 0; round < 3; round++) {
        broker.pause();
        await appendEvents(shop.shop.store, 2_000);
        await until(() => bridge.state === 'unreachable');
        broker.resume();
        await shop.caughtUp();
      }
      // When the broker acknowledges these events, it has handled everything that was sent before.
      await appendEvents(shop.shop.store, 1_000);
      await shop.caughtUp();
      expect(await census()).toEqual(NOTHING_WRONG);
    });

    it('does not answer, can be stopped none the less', async () => {
      let taken: Position = '';
      const bridge = shop.start({
        store: telling(shop.shop.store, (through) => {
          taken = through;
        }),
      });
      await appendEvents(shop.shop.store, 100);
      await shop.caughtUp();
      const before = (await shop.shop.store.head())?.position ?? '';
      broker.pause();
      await appendEvents(shop.shop.store, 1_000);
      await until(() => taken > before);
      await bridge.stop();
      broker.resume();
      shop.start();
      await shop.caughtUp();
      expect(await census()).toEqual(NOTHING_WRONG);
    });
  },
  { needsJars: true },
);

/** A store that reports the end of each batch that a subscriber takes. */
function telling(store: EventStore, onBatch: (through: Position) => void): EventStore {
  const subscribeAll: EventStore['subscribeAll'] = async function* (after, options) {
    for await (const batch of store.subscribeAll(after, options)) {
      onBatch(batch.through);
      yield batch;
    }
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'subscribeAll') return subscribeAll;
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
