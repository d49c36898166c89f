import pino from 'pino';
import type { LogAppend } from '../bench/support/order-log';
import { readLease } from '../src/bridge/lease-row';
import type { RecordedEvent } from '../src/event-store/event';
import type { KafkaOptions } from '../src/kafka/kafka-options';
import { CONTENT_TYPE, sourceOf } from '../src/kafka/record';
import { EVENT_TOPICS } from '../src/kafka/topics';
import { startProjectors } from '../src/projections/live/start-projectors';
import { appendEvents, Bridges } from './support/kafka/bridges';
import { freshTopics, startKafka, type TestKafka } from './support/kafka/broker';
import { untilProjected } from './support/kafka/projectors';
import { readTopics } from './support/kafka/read-topic';
import { describeKafka } from './support/kafka/suite';
import type { ConsoleRecord } from './support/kafka/tools';
import { mixedLog, writeLog } from './support/mixed-log';
import { createTestStore } from './support/store';
import { until } from './support/until';

const PARTITIONS = 2;
/** The console consumer ends when no record came for so long. */
const IDLE_MS = 3_000;
jest.setTimeout(60_000);

describeKafka(
  'Kafka’s own tools',
  () => {
    let broker: TestKafka;
    let kafka: KafkaOptions;
    let bridges: Bridges;
    let running: { stop(): Promise<void> }[];

    beforeAll(async () => {
      broker = await startKafka();
    });
    afterAll(() => broker.stop());

    beforeEach(async () => {
      kafka = freshTopics(broker, 'tool specs');
      bridges = new Bridges(await createTestStore(), kafka, { partitions: PARTITIONS });
      running = [];
    });
    afterEach(async () => {
      await Promise.all(running.map((one) => one.stop()));
      await bridges.close();
    });

    const consoleConsume = (topic: string): Promise<ConsoleRecord[]> =>
      broker.consoleConsume(kafka.topicPrefix + topic, { timeoutMs: IDLE_MS });

    describe('the console consumer', () => {
      it('shows the key, the headers and the CloudEvent of a record', async () => {
        bridges.start();
        await bridges.shop.store.append('order-7', 'noStream', [
          {
            id: '00000000-0000-4000-8000-00000000000c',
            type: 'OrderPaid',
            data: { orderId: '7', customerId: 'Zoë\tTab' },
            occurredAt: Date.UTC(2026, 0, 1),
            metadata: { schemaVersion: 1, correlationId: 'c', causationId: 'd', idempotencyKey: 'k' },
          },
        ]);
        await bridges.caughtUp();
        const { epoch } = await readLease(bridges.shop.database.pool);
        const [event, ...others] = (await consoleConsume('orders')).filter(({ key }) => key !== null);
        expect(others).toEqual([]);
        expect({ key: event?.key, headers: event?.headers }).toEqual({
          key: 'order-7',
          headers: {
            'content-type': 'application/cloudevents+json; charset=UTF-8',
            type: 'OrderPaid',
            position: '0000000000000000001',
            epoch: String(epoch),
          },
        });
        expect(JSON.parse(event?.value ?? '')).toEqual({
          specversion: '1.0',
          id: '00000000-0000-4000-8000-00000000000c',
          type: 'OrderPaid',
          source: sourceOf(await bridges.shop.store.identity()),
          subject: 'order-7',
          time: '2026-01-01T00:00:00.000Z',
          datacontenttype: 'application/json',
          position: '0000000000000000001',
          revision: 0,
          recordedat: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          schemaversion: 1,
          correlationid: 'c',
          causationid: 'd',
          idempotencykey: 'k',
          data: { orderId: '7', customerId: 'Zoë\tTab' },
        });
      });

      it('finds every event of the log once, and ticks beside them, in the topics', async () => {
        const { store, database } = bridges.shop;
        const bridge = bridges.start();
        await appendEvents(store, 500);
        await bridges.caughtUp();
        await bridge.stop();
        const { epoch } = await readLease(database.pool);
        const source = sourceOf(await store.identity());
        const log: RecordedEvent[] = [];
        for await (const { events } of store.readAll(null)) log.push(...events);

        const events: ConsoleRecord[] = [];
        for (const topic of EVENT_TOPICS) {
          const records = await consoleConsume(topic);
          const ticks = records.filter(({ key }) => key === null);
          expect(new Set(ticks.map(({ partition }) => partition)).size).toBe(PARTITIONS);
          for (const { headers, value } of ticks) {
            expect(headers).toMatchObject({
              'content-type': CONTENT_TYPE,
              type: 'tick',
              epoch: String(epoch),
            });
            expect(JSON.parse(value)).toMatchObject({ specversion: '1.0', type: 'tidemark.tick', source });
          }
          events.push(...records.filter(({ key }) => key !== null));
        }
        events.sort((a, b) => ((a.headers.position ?? '') < (b.headers.position ?? '') ? -1 : 1));
        expect(events.map(({ key, headers }) => ({ key, headers }))).toEqual(
          log.map(({ stream, type, position }) => ({
            key: stream,
            headers: { 'content-type': CONTENT_TYPE, type, position, epoch: String(epoch) },
          })),
        );
        expect(events.map(({ value }) => JSON.parse(value))).toEqual(
          log.map(({ id, type, stream, position, revision, data }) =>
            expect.objectContaining({
              ...{ specversion: '1.0', id, type, source, subject: stream, position, revision, data },
              datacontenttype: 'application/json',
            }),
          ),
        );
      });
    });

    describe('kafka-consumer-groups', () => {
      let appends: Iterator<LogAppend>;
      beforeEach(() => {
        appends = mixedLog(500);
      });

      /** Appends the next events of the log, and waits until a bridge has carried them to the topics. */
      async function append(events: number): Promise<void> {
        const next = Array.from({ length: events }, () => appends.next().value as LogAppend);
        await writeLog(bridges.shop.store, next);
        await bridges.caughtUp();
      }

      const project = () => {
        const { database, store } = bridges.shop;
        const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
        const projectors = startProjectors({
          databaseUrl: database.url,
          pool: database.pool,
          store,
          kafka,
          logger,
        });
        running.push(projectors);
        return projectors;
      };

      /** Lag and committed offset of each partition of the group. */
      async function describeGroup() {
        const rows = await broker.consumerGroups(`${kafka.topicPrefix}tidemark-projectors`);
        return rows
          .map((row) => ({
            partition: `${row.TOPIC?.slice(kafka.topicPrefix.length)} ${row.PARTITION}`,
            committed: Number(row['CURRENT-OFFSET']),
            end: Number(row['LOG-END-OFFSET']),
            lag: Number(row.LAG),
          }))
          .sort((a, b) => (a.partition < b.partition ? -1 : 1));
      }

      /** What it says when everything is read and committed. */
      async function caughtUp() {
        const { store, database } = bridges.shop;
        await untilProjected(database.pool, (await store.head())?.position ?? '');
        let group = await describeGroup();
        await until(async () => {
          group = await describeGroup();
          return group.every(({ lag }) => lag === 0);
        });
        return group;
      }

      it('shows no lag of projectors that have read everything', async () => {
        bridges.start();
        project();
        await append(400);
        const group = await caughtUp();
        expect(group.map(({ partition, lag }) => [partition, lag])).toEqual([
          ['catalogue 0', 0],
          ['catalogue 1', 0],
          ['orders 0', 0],
          ['orders 1', 0],
        ]);
        expect(group.every(({ committed, end }) => committed === end && end > 0)).toBe(true);
      });

      it('shows the records that stopped projectors have yet to read, and none afterwards', async () => {
        const projectors = project();
        bridges.start();
        await append(200);
        const before = await caughtUp();
        await bridges.stop();
        await projectors.stop();
        let lagBefore = 0;
        for (let round = 0; round < 2; round++) {
          bridges.start();
          await append(200);
          await bridges.stop();
          const records = await readTopics(kafka);
          const group = await describeGroup();
          expect(group).toEqual(
            before.map(({ partition, committed }) => {
              const own = records.filter((one) => `${one.topic} ${one.partition}` === partition);
              const unread = own.filter(({ offset }) => offset >= committed).length;
              return { partition, committed, end: committed + unread, lag: unread };
            }),
          );
          const lag = group.reduce((sum, each) => sum + each.lag, 0);
          expect(lag).toBeGreaterThan(lagBefore);
          lagBefore = lag;
        }
        bridges.start();
        project();
        expect((await caughtUp()).map(({ lag }) => lag)).toEqual([0, 0, 0, 0]);
      });
    });
  },
  { needsJars: true },
);
