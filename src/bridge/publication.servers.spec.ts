import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { createTestStore, type TestStore } from '../../test/support/store';
import { until } from '../../test/support/until';
import { type KafkaConnection, openKafka } from '../kafka/connection';
import { LAST_PRODUCER_EPOCH, type ProducerIdentity } from '../kafka/partition-client';
import { toTick } from '../kafka/record';
import { EVENT_TOPICS, ensureTopics } from '../kafka/topics';
import { LeaseLostError } from './errors';
import { Lease } from './lease';
import { Publication, type PublicationOptions } from './publication';

const PARTITIONS = 2;
const SOURCE = 'urn:tidemark:specs';
const TERM_MS = 3_600_000;

describeKafka('a publication fences off whoever wrote before it', () => {
  let broker: TestKafka;
  let kafka: KafkaConnection;
  let shop: TestStore;
  let lease: Lease;
  let topics: PublicationOptions['topics'];

  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker?.stop());
  beforeEach(async () => {
    const topicPrefix = `${broker.topicPrefix}${randomBytes(4).toString('hex')}.`;
    const options = { brokers: broker.brokers, topicPrefix, ssl: false, clientId: 'publication specs' };
    kafka = await openKafka(options, pino({ level: 'silent' }));
    const topic = (name: string) => ({ name: topicPrefix + name, partitions: PARTITIONS });
    topics = { orders: topic('orders'), activity: topic('activity'), catalogue: topic('catalogue') };
    await ensureTopics(kafka.admin, topicPrefix, { partitions: PARTITIONS });
    await until(isReady);
    shop = await createTestStore();
    await take();
  });
  afterEach(async () => {
    await lease.release();
    await kafka.admin.deleteTopics({
      topics: [...EVENT_TOPICS, 'order-aggregates'].map((topic) =>
        topics.orders.name.replace(/orders$/, topic),
      ),
    });
    await kafka.close();
    await shop.close();
  });

  const places = () =>
    EVENT_TOPICS.flatMap((topic) =>
      Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: topics[topic].name, partition })),
    );

  /** For a moment a new broker has no producer ids to give, and does not lead new partitions yet. */
  async function isReady(): Promise<boolean> {
    try {
      await kafka.partitions.watch(EVENT_TOPICS.map((topic) => topics[topic].name));
      for (const { topic, partition } of places()) await kafka.partitions.offsets(topic, [partition]);
      await kafka.partitions.newProducerId();
      return true;
    } catch {
      return false;
    }
  }

  async function take(): Promise<void> {
    const { pool } = shop.database;
    const { listener } = shop;
    const taken = await Lease.acquire({ pool, listener, termMs: TERM_MS }, new AbortController().signal);
    lease = taken as Lease;
  }

  /** Changes the lease as a restored backup, or years of work, would. */
  async function put(row: string): Promise<void> {
    await lease.release();
    await shop.database.pool.query(`UPDATE tidemark.bridge_lease SET ${row}`);
    await take();
  }

  const open = () => Publication.open({ client: kafka.partitions, lease, source: SOURCE, topics });

  /** Opens a publication. @returns the producer id that it sends under */
  async function openedId(): Promise<string> {
    await open();
    return lease.producerId as string;
  }

  /**
   * Writes one tick to each partition under a producer identity.
   * @returns the type of error for each partition; null: the broker took the tick
   */
  async function writeAs(
    producer: ProducerIdentity,
    { firstSequence = 1, source = SOURCE, position = '', to = places() } = {},
  ): Promise<(string | null)[]> {
    const outcomes: (string | null)[] = [];
    for (const place of to) {
      const records = [toTick(position, 0, source, 1)];
      const sending = kafka.partitions.produce(producer, [{ ...place, firstSequence, records }]);
      outcomes.push(
        await sending.then(
          () => null,
          ({ type }: { type: string }) => type,
        ),
      );
    }
    return outcomes;
  }

  const everywhere = <T>(outcome: T): T[] => places().map(() => outcome);

  it('with a newer epoch of the same producer id', async () => {
    const id = await openedId();
    expect(await writeAs({ id, epoch: 0 })).toEqual(everywhere(null));
    expect(await openedId()).toBe(id);
    expect(await writeAs({ id, epoch: 0 }, { firstSequence: 2 })).toEqual(
      everywhere('INVALID_PRODUCER_EPOCH'),
    );
  });

  it('with the last epoch of an id whose epochs are used up, and sends under a new one', async () => {
    const id = await openedId();
    await put(`producer_since = epoch - ${LAST_PRODUCER_EPOCH - 3}`);
    expect(await openedId()).toBe(id);
    const newest = { id, epoch: LAST_PRODUCER_EPOCH - 1 };
    expect(await writeAs(newest)).toEqual(everywhere(null));
    expect(await openedId()).not.toBe(id);
    expect(await writeAs(newest, { firstSequence: 2 })).toEqual(everywhere('INVALID_PRODUCER_EPOCH'));
  });

  it('of an epoch that a restored database does not know', async () => {
    const id = await openedId();
    const { rows } = await shop.database.pool.query<{ epoch: number }>(
      'SELECT epoch FROM tidemark.bridge_lease',
    );
    for (let round = 0; round < 3; round++) await open();
    expect(await writeAs({ id, epoch: 3 })).toEqual(everywhere(null));
    await put(`epoch = ${(rows[0]?.epoch ?? 0) - 1}`);
    expect(await openedId()).not.toBe(id);
    expect(await writeAs({ id, epoch: 3 }, { firstSequence: 2 })).toEqual(
      everywhere('INVALID_PRODUCER_EPOCH'),
    );
  });

  it('of a producer id that a restored database does not know, and keeps what it wrote', async () => {
    const id = await openedId();
    const position = '0000000000000000007';
    expect(await writeAs({ id, epoch: 0 }, { position })).toEqual(everywhere(null));
    await put('producer_id = NULL, producer_since = NULL');
    const { lowest } = await open();
    expect(lowest).toBe(position);
    expect(lease.producerId).not.toBe(id);
    expect(await writeAs({ id, epoch: 0 }, { firstSequence: 2 })).toEqual(
      everywhere('INVALID_PRODUCER_EPOCH'),
    );
  });

  it('of an id that came after the one in a restored database', async () => {
    const first = await openedId();
    await put(`producer_since = epoch - ${LAST_PRODUCER_EPOCH}`);
    const second = await openedId();
    expect(second).not.toBe(first);
    expect(await writeAs({ id: second, epoch: 0 })).toEqual(everywhere(null));
    await put(`producer_id = ${first}, producer_since = epoch`);
    expect([first, second]).not.toContain(await openedId());
    const outcome = await writeAs({ id: second, epoch: 0 }, { firstSequence: 2 });
    expect(outcome).toEqual(everywhere('INVALID_PRODUCER_EPOCH'));
  });

  it('even where a bridge died after it had closed an id in some partitions only', async () => {
    const id = await openedId();
    const [some] = places();
    if (some === undefined) throw new Error('There are no partitions');
    const last = { id, epoch: LAST_PRODUCER_EPOCH };
    expect(await writeAs(last, { firstSequence: 0, to: [some] })).toEqual([null]);
    expect(await openedId()).not.toBe(id);
    expect(await writeAs({ id, epoch: 0 })).toEqual(everywhere('INVALID_PRODUCER_EPOCH'));
    const again = lease.producerId;
    expect(await openedId()).toBe(again);
  });

  it('and writes nothing itself when its lease is over before a request is sent', async () => {
    const publication = await open();
    const ends = () =>
      Promise.all(places().map(({ topic, partition }) => kafka.partitions.offsets(topic, [partition])));
    const before = await ends();
    jest.spyOn(lease, 'check').mockImplementation(() => {
      throw new LeaseLostError('over');
    });
    await expect(publication.tickAll('0000000000000000007', 0)).rejects.toThrow(LeaseLostError);
    expect(await ends()).toEqual(before);
  });

  it('but not a bridge of another event store', async () => {
    const other = { id: await kafka.partitions.newProducerId(), epoch: 0 };
    const source = 'urn:tidemark:other';
    expect(await writeAs(other, { firstSequence: 0, source })).toEqual(everywhere(null));
    await open();
    expect(await writeAs(other, { source })).toEqual(everywhere(null));
  });
});
