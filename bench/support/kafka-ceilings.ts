import { type Admin, type Kafka, type Message, Partitioners } from 'kafkajs';
import { until } from '../../test/support/until';

const BATCH = 1_000;

/**
 * What kafkajs' own idempotent producer writes: batches of 1,000, one request in flight, acknowledged by all
 * replicas.
 * @param messages a batch, which is sent again and again
 * @returns records a second
 */
export async function producerCeiling(
  kafka: Kafka,
  topic: string,
  messages: Message[],
  count: number,
): Promise<number> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    const batch = messages.slice(0, BATCH);
    const startedAt = performance.now();
    for (let sent = 0; sent < count; sent += batch.length)
      await producer.send({ topic, messages: batch, acks: -1 });
    return (Math.ceil(count / batch.length) * batch.length * 1000) / (performance.now() - startedAt);
  } finally {
    await producer.disconnect();
  }
}

/**
 * What kafkajs' own consumer reads of a topic, without parsing, with the settings of Tidemark's feed. Time
 * starts when the group has its partitions.
 * @returns records a second
 */
export async function consumerCeiling(
  kafka: Kafka,
  admin: Admin,
  topic: string,
  groupId: string,
): Promise<number> {
  const count = await recordsIn(admin, topic);
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: 4 * 1024 * 1024,
    allowAutoTopicCreation: false,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    let seen = 0;
    let endedAt = 0;
    await consumer.run({
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        seen += batch.messages.length;
        if (seen >= count) endedAt = performance.now();
      },
    });
    const dealtAt = await whenDealt(admin, groupId);
    await until(() => endedAt > 0, 'kafkajs has read the topic');
    return (count * 1000) / (endedAt - dealtAt);
  } finally {
    await consumer.disconnect();
  }
}

/**
 * Resolves when every member of a consumer group knows its partitions. @returns when that was, by the
 * monotonic clock
 */
export async function whenDealt(admin: Admin, groupId: string): Promise<number> {
  const isDealt = async () => {
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.state === 'Stable';
  };
  await until(isDealt, 'the consumer group is dealt');
  return performance.now();
}

/** How many records a topic holds that has never lost any; 0 where it does not exist. */
export async function recordsIn(admin: Admin, topic: string): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { offset }) => sum + Number(offset), 0);
}
