import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { until } from '../../test/support/until';
import type { RecordedEvent } from '../event-store/event';
import { type KafkaConnection, openKafka } from '../kafka/connection';
import type { ProducerIdentity } from '../kafka/partition-client';
import { type KafkaRecord, toRecord, toTick } from '../kafka/record';
import { readTail } from './tail';

const PARTITIONS = 9;
const SOURCE = 'urn:tidemark:specs';
const FLOOR = position(1_000_000);

function position(n: number): string {
  return String(n).padStart(19, '0');
}

const tick = (n: number): KafkaRecord => toTick(position(n), n, SOURCE, 1);
const fence = (source = SOURCE): KafkaRecord => toTick('', 0, source, 1);
const event = (n: number): KafkaRecord =>
  toRecord(
    {
      id: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
      type: 'OrderPaid',
      stream: 'order-7',
      revision: n,
      position: position(n),
      occurredAt: 0,
      recordedAt: n,
      data: { orderId: '7', customerId: null },
      metadata: { schemaVersion: 1, correlationId: 'c', causationId: 'd' },
    } as RecordedEvent,
    SOURCE,
    1,
  );

describeKafka('the tail of a partition', () => {
  let broker: TestKafka;
  let kafka: KafkaConnection;
  let topic: string;
  /** each spec takes the next one */
  let partition = -1;

  beforeAll(async () => {
    broker = await startKafka();
    const options = { brokers: broker.brokers, topicPrefix: '', ssl: false, clientId: 'tail specs' };
    kafka = await openKafka(options, pino({ level: 'silent' }));
    topic = broker.topicPrefix + randomBytes(4).toString('hex');
    await kafka.admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
    await kafka.partitions.watch([topic]);
    await until(isReady);
  });
  afterAll(async () => {
    await kafka?.close();
    await broker?.stop();
  });
  beforeEach(() => {
    partition++;
  });

  /** For a moment a new broker has no producer ids to give, and does not lead new partitions yet. */
  const isReady = async () => {
    const all = Array.from({ length: PARTITIONS }, (_, each) => each);
    try {
      await Promise.all([newProducer(), kafka.partitions.offsets(topic, all)]);
      return true;
    } catch {
      return false;
    }
  };
  const newProducer = async (): Promise<ProducerIdentity> => ({
    id: await kafka.partitions.newProducerId(),
    epoch: 0,
  });
  const write = (producer: ProducerIdentity, records: KafkaRecord[]) =>
    kafka.partitions.produce(producer, [{ topic, partition, firstSequence: 0, records }]);
  const range = async () => {
    const [only] = await kafka.partitions.offsets(topic, [partition]);
    if (only === undefined) throw new Error('The topic has no partition');
    return only;
  };
  const tail = async () => readTail(kafka.partitions, topic, partition, await range(), FLOOR);
  const truncate = async (offset: string) => {
    await kafka.admin.fetchTopicOffsets(topic);
    await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] });
  };

  it('is the start of the log in a partition that never had a record', async () => {
    expect(await tail()).toEqual({ position: '', recordedAt: null, source: null, writers: [] });
  });

  it('is the last event, with its time, its store and its writer', async () => {
    const producer = await newProducer();
    await write(producer, [fence(), event(7), event(9)]);
    const writers = [{ ...producer, source: SOURCE }];
    expect(await tail()).toEqual({ position: position(9), recordedAt: 9, source: SOURCE, writers });
  });

  it('is the last tick, if that is behind the last event', async () => {
    await write(await newProducer(), [event(7), tick(12)]);
    expect(await tail()).toMatchObject({ position: position(12), recordedAt: 12, source: SOURCE });
  });

  it('is found before any number of fences, and names their producers', async () => {
    const first = await newProducer();
    await write(first, [event(7)]);
    for (let epoch = 1; epoch <= 70; epoch++) await write({ ...first, epoch }, [fence()]);
    const second = await newProducer();
    await write(second, [fence('urn:tidemark:other')]);
    const found = await tail();
    expect(found).toMatchObject({ position: position(7), source: SOURCE });
    expect(found.writers).toEqual([
      { id: first.id, epoch: 70, source: SOURCE },
      { id: second.id, epoch: 0, source: 'urn:tidemark:other' },
    ]);
  });

  it('is the start of the log in a partition with fences only', async () => {
    const producer = await newProducer();
    await write(producer, [fence(), fence(), fence()]);
    const writers = [{ ...producer, source: SOURCE }];
    expect(await tail()).toEqual({ position: '', recordedAt: null, source: null, writers });
  });

  it('ignores records of other programs', async () => {
    const bridge = await newProducer();
    await write(bridge, [event(7)]);
    const other = await kafka.openProducer();
    await other.send({ topic, messages: [{ partition, key: 'a', value: 'b', headers: { trace: 'c' } }] });
    expect(await tail()).toEqual({
      position: position(7),
      recordedAt: 7,
      source: SOURCE,
      writers: [{ ...bridge, source: SOURCE }],
    });
  });

  it('ignores records behind the given end', async () => {
    const producer = await newProducer();
    await write(producer, [event(7), event(8), event(9)]);
    const { earliest } = await range();
    const found = await readTail(kafka.partitions, topic, partition, { earliest, end: 2n }, FLOOR);
    expect(found.position).toBe(position(8));
  });

  it('is found among the records that retention has left', async () => {
    await write(await newProducer(), [event(7), event(8), event(9), fence()]);
    await truncate('2');
    expect((await tail()).position).toBe(position(9));
  });

  it('is the position that all topics have acknowledged, if no record with a position is left', async () => {
    const producer = await newProducer();
    await write(producer, [event(7), event(8), fence()]);
    await truncate('2');
    const writers = [{ ...producer, source: SOURCE }];
    expect(await tail()).toEqual({ position: FLOOR, recordedAt: null, source: null, writers });
    await truncate('3');
    expect(await tail()).toEqual({ position: FLOOR, recordedAt: null, source: null, writers: [] });
  });
});
