import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { appendEvents, Bridges } from '../../test/support/kafka/bridges';
import { freshTopics, startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { readTopics } from '../../test/support/kafka/read-topic';
import { describeKafka } from '../../test/support/kafka/suite';
import { NOTHING_WRONG, topicCensus } from '../../test/support/kafka/whole-log';
import { createTestStore } from '../../test/support/store';
import { until } from '../../test/support/until';
import { openKafka } from '../kafka/connection';
import type { KafkaOptions } from '../kafka/kafka-options';
import { readLease } from './lease-row';
import { bridgeStatus } from './status';

const PARTITIONS = 3;
const SILENT = pino({ level: 'silent' });
/** Many of these specs start processes and wait for the end of a lease. */
jest.setTimeout(180_000);

describeKafka('the bridge', () => {
  let broker: TestKafka;
  let shop: Bridges;
  let kafka: KafkaOptions;

  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.stop());

  beforeEach(async () => {
    kafka = freshTopics(broker, 'bridge specs');
    shop = new Bridges(await createTestStore(), kafka, { partitions: PARTITIONS });
  });
  afterEach(() => shop.close());

  const census = () => topicCensus(shop.shop.store, kafka, PARTITIONS);
  const withAdmin = async <T>(work: (connection: Awaited<ReturnType<typeof openKafka>>) => Promise<T>) => {
    const connection = await openKafka(kafka, SILENT);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };

  it('carries the log and what is appended while it runs, each event once and in order', async () => {
    await appendEvents(shop.shop.store, 2_000);
    const bridge = shop.start();
    await appendEvents(shop.shop.store, 3_000);
    await shop.caughtUp();
    expect(bridge.state).toBe('publishing');
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('creates the topics with the settings that events need', async () => {
    shop.start();
    await appendEvents(shop.shop.store, 10);
    await shop.caughtUp();
    const { resources } = await withAdmin(({ admin }) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: `${kafka.topicPrefix}orders` }],
      }),
    );
    const settings = Object.fromEntries(
      resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [],
    );
    expect(settings).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'max.message.bytes': '2097152',
    });
  });

  it('goes on where it was after it was stopped', async () => {
    for (let round = 0; round < 4; round++) {
      await appendEvents(shop.shop.store, 500);
      const bridge = shop.start();
      await (round % 2 === 0 ? shop.caughtUp() : until(() => bridge.state === 'publishing'));
      await bridge.stop();
    }
    shop.start();
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('tells every partition once how far the log is, even partitions without new events', async () => {
    // To read the topics takes longer than several ticks.
    shop.start({ tickMs: 10 });
    await appendEvents(shop.shop.store, 100);
    await shop.caughtUp();
    const head = (await shop.shop.store.head())?.position;
    await until(async () => {
      const newest = new Map<string, string>();
      for (const { topic, partition, said } of await readTopics(kafka)) {
        const position = said.kind === 'tick' ? said.position : said.event.position;
        if (position !== '') newest.set(`${topic} ${partition}`, position);
      }
      return newest.size === 3 * PARTITIONS && [...newest.values()].every((position) => position === head);
    });
    const before = (await readTopics(kafka)).length;
    await readTopics(kafka);
    expect((await readTopics(kafka)).length).toBe(before);
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('leaves no gap and no double after kill -9 at any moment', async () => {
    for (let round = 0; round < 4; round++) {
      const child = shop.spawn();
      await until(
        async () => (await readLease(shop.shop.database.pool)).holder?.endsWith(`:${child.pid}`) === true,
      );
      const writing = appendEvents(shop.shop.store, 5_000);
      await delay(Math.random() * 1_000);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await Promise.all([exited, writing]);
    }
    shop.start();
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('has one of two bridges at work; the other takes over at once when that one stops', async () => {
    const first = shop.start({ leaseTermMs: 3_600_000 });
    await until(() => first.state === 'publishing');
    const second = shop.start();
    await appendEvents(shop.shop.store, 2_000);
    expect(second.state).toBe('standby');
    await first.stop();
    await appendEvents(shop.shop.store, 2_000);
    await shop.caughtUp();
    expect(second.state).toBe('publishing');
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('keeps out a bridge that froze until its lease was over, and woke up', async () => {
    const child = shop.spawn();
    await appendEvents(shop.shop.store, 3_000);
    await until(async () => (await shop.confirmed()) > '');
    const before = (await shop.shop.store.head())?.position ?? '';
    const writing = appendEvents(shop.shop.store, 20_000);
    await until(async () => ((await shop.shop.store.head())?.position ?? '') > before);
    child.kill('SIGSTOP');
    const { epoch } = await readLease(shop.shop.database.pool);
    const second = shop.start();
    await until(() => second.state === 'publishing');
    child.kill('SIGCONT');
    await writing;
    await shop.caughtUp();
    await appendEvents(shop.shop.store, 1_000);
    await shop.caughtUp();
    // After its end it can send nothing that was still under way.
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    expect((await readLease(shop.shop.database.pool)).epoch).toBeGreaterThan(epoch);
    expect(second.state).toBe('publishing');
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('fills a deleted topic anew', async () => {
    const bridge = shop.start();
    await appendEvents(shop.shop.store, 1_000);
    await shop.caughtUp();
    await bridge.stop();
    const topics = [`${kafka.topicPrefix}activity`];
    await withAdmin(({ admin }) => admin.deleteTopics({ topics }));
    await appendEvents(shop.shop.store, 100);
    shop.start();
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('sends nothing again after records were deleted by retention', async () => {
    const bridge = shop.start();
    await appendEvents(shop.shop.store, 1_000);
    await shop.caughtUp();
    await bridge.stop();
    const topic = `${kafka.topicPrefix}orders`;
    const all = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, offset: '-1' }));
    await withAdmin(async ({ admin }) => {
      // kafkajs learns the leaders of a topic only from an earlier request about it.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: all });
    });
    const before = (await shop.shop.store.head())?.position ?? '';
    shop.start();
    await appendEvents(shop.shop.store, 300);
    await shop.caughtUp();
    const events = (await readTopics(kafka)).filter(
      (one) => one.topic === 'orders' && one.said.kind === 'event',
    );
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter(({ said }) => said.kind === 'event' && said.event.position <= before)).toEqual([]);
    expect(await census()).toMatchObject({ ...NOTHING_WRONG, lost: expect.any(Array) });
  });

  it('keeps streams in their partitions when a topic gets more partitions', async () => {
    const bridge = shop.start();
    await appendEvents(shop.shop.store, 300);
    await shop.caughtUp();
    await bridge.stop();
    const more = ['orders', 'activity', 'catalogue'].map((topic) => ({
      topic: kafka.topicPrefix + topic,
      count: 5,
    }));
    await withAdmin(({ admin }) => admin.createPartitions({ topicPartitions: more }));
    shop.start();
    await appendEvents(shop.shop.store, 300);
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('refuses a topic with fewer partitions than before, and goes on when it has them', async () => {
    const first = shop.start();
    await appendEvents(shop.shop.store, 100);
    await shop.caughtUp();
    await first.stop();
    const topic = `${kafka.topicPrefix}orders`;
    await withAdmin(async ({ admin }) => {
      await admin.deleteTopics({ topics: [topic] });
      await until(async () => !(await admin.listTopics()).includes(topic));
      await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    });
    const second = shop.start();
    await until(() => second.state === 'blocked');
    expect(second.reason).toMatch(/orders has 2 partitions, and was first used with 3/);
    await withAdmin(({ admin }) =>
      admin.createPartitions({ topicPartitions: [{ topic, count: PARTITIONS }] }),
    );
    await until(() => second.state === 'publishing');
    await shop.caughtUp();
    await until(async () => (await census()).lost.length === 0);
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('stops at an event that the topic refuses, names it, and goes on when the topic takes it', async () => {
    await withAdmin(({ admin }) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: ['orders', 'activity', 'catalogue'].map((topic) => ({
          topic: kafka.topicPrefix + topic,
          numPartitions: PARTITIONS,
          configEntries: [{ name: 'max.message.bytes', value: '20000' }],
        })),
      }),
    );
    await appendEvents(shop.shop.store, 500);
    const id = '00000000-0000-4000-8000-00000000000a';
    const large = { id, type: 'OrderPaid', data: { text: 'x'.repeat(30_000) }, occurredAt: 0 };
    const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
    const { position } = await shop.shop.store.append('order-large', 'noStream', [{ ...large, metadata }]);
    await appendEvents(shop.shop.store, 500);
    const bridge = shop.start();
    await until(() => bridge.state === 'blocked');
    expect(bridge.reason).toContain(`orders refuses the event of stream order-large at position ${position}`);
    expect(bridge.reason).toMatch(/it has 30\d\d\d bytes/);
    await withAdmin(({ admin }) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name: `${kafka.topicPrefix}orders`,
            configEntries: [{ name: 'max.message.bytes', value: '2000000' }],
          },
        ],
      }),
    );
    await shop.caughtUp();
    expect(bridge.state).toBe('publishing');
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('carries an event of the size that the store allows', async () => {
    shop.start();
    const id = '00000000-0000-4000-8000-00000000000b';
    const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
    const data = { text: 'ü'.repeat(520_000) };
    await shop.shop.store.append('order-large', 'noStream', [
      { id, type: 'OrderPaid', data, occurredAt: 0, metadata },
    ]);
    await shop.caughtUp();
    expect(await census()).toEqual(NOTHING_WRONG);
  });

  it('refuses topics with events of another store', async () => {
    const first = shop.start();
    await appendEvents(shop.shop.store, 100);
    await shop.caughtUp();
    await first.stop();
    const other = new Bridges(await createTestStore(), kafka, { partitions: PARTITIONS });
    try {
      await appendEvents(other.shop.store, 10);
      const bridge = other.start();
      await until(() => bridge.state === 'blocked');
      expect(bridge.reason).toMatch(/has events of another event store/);
    } finally {
      await other.close();
    }
  });

  it('reports who is at work, and the position and lag of every partition', async () => {
    const { store, database } = shop.shop;
    const ask = () => bridgeStatus({ pool: database.pool, store, logger: SILENT }, kafka);
    expect(await ask()).toMatchObject({ holder: null, state: null, head: null, partitions: [] });
    const bridge = shop.start();
    await appendEvents(store, 200);
    await shop.caughtUp();
    const head = await store.head();
    await until(async () => (await ask()).partitions.every(({ position }) => position === head?.position));
    const { holder, state, partitions, confirmed } = await ask();
    expect({ holder, state, confirmed }).toEqual({
      holder: expect.stringContaining(`:${process.pid}`),
      state: 'publishing',
      confirmed: head?.position,
    });
    expect(partitions).toHaveLength(3 * PARTITIONS);
    expect(partitions.every(({ lagEvents, lagSeconds }) => lagEvents === 0 && lagSeconds === 0)).toBe(true);
    expect(partitions.every(({ offset }) => offset > 0)).toBe(true);
    await bridge.stop();
    await until(() => Date.now() >= (head?.recordedAt ?? 0) + 20);
    await appendEvents(store, 50);
    const behind = await ask();
    expect(behind).toMatchObject({ holder: null, head: { position: (await store.head())?.position } });
    expect(behind.partitions.map(({ lagEvents }) => lagEvents)).toEqual(partitions.map(() => 50));
    expect(behind.partitions.every(({ lagSeconds }) => lagSeconds >= 0.02)).toBe(true);
  });
});
