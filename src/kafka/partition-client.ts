import {
  type FetchedRecord,
  type ProduceAnswer,
  type ProtocolDefinition,
  type ProtocolRequest,
  requests,
} from 'kafkajs/src/protocol/requests';
import { encodeProduce, type PartitionBatch, type Produce } from './produce-request';
import type { KafkaRecord } from './record';

/**
 * Offsets of a partition: `earliest` of the first record that still exists, `end` of the next to be written.
 */
export interface OffsetRange {
  earliest: bigint;
  end: bigint;
}

/**
 * Identifies a producer to brokers. They refuse a producer epoch once they have seen a newer one of the id.
 */
export interface ProducerIdentity {
  /** decimal */
  id: string;
  /** 0 to LAST_PRODUCER_EPOCH */
  epoch: number;
}

/** Producer epochs are signed 16-bit integers. */
export const LAST_PRODUCER_EPOCH = 32_767;

export interface PartitionRecords {
  topic: string;
  partition: number;
  /**
   * sequence number of the first record: counts the records of the producer epoch in the partition, from 0
   */
  firstSequence: number;
  records: readonly KafkaRecord[];
}

/** The part of kafkajs' Broker that we use. */
export interface Broker {
  initProducerId(request: { transactionTimeout: number }): Promise<{ producerId: string }>;
  /** picks the newest version of the request that both sides know */
  lookupRequest<Options, Answer>(
    apiKey: number,
    definition: ProtocolDefinition<Options, Answer>,
  ): (options: Options) => ProtocolRequest<Answer>;
  connectionPool: { send<Answer>(request: ProtocolRequest<Answer>): Promise<Answer> };
  fetch(request: object): Promise<{
    responses: { partitions: { messages: FetchedRecord[] }[] }[];
  }>;
}

/** The part of kafkajs' Cluster that we use. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ partitions: { partition: number; offset: string }[] }[]>;
}

const FETCH_WITHIN_MS = 1_000;
const FETCH_BYTES = 1024 * 1024;
const PRODUCE = 0;
const PRODUCE_WITHIN_MS = 30_000;
const ALL_REPLICAS = -1;

/**
 * Reads and writes single partitions. It repeats nothing: only the caller knows what an error means to it.
 */
export class PartitionClient {
  constructor(private readonly cluster: Cluster) {}

  /** Looks up the leaders of the topics' partitions. Call it before any other use of the topics. */
  watch(topics: string[]): Promise<void> {
    return this.cluster.addMultipleTargetTopics(topics);
  }

  /** Asks for a new producer id. @returns decimal */
  async newProducerId(): Promise<string> {
    const broker = await this.cluster.findControllerBroker();
    return (await broker.initProducerId({ transactionTimeout: 0 })).producerId;
  }

  async offsets(topic: string, partitions: readonly number[]): Promise<OffsetRange[]> {
    const ask = async (fromBeginning: boolean) => {
      const wanted = partitions.map((partition) => ({ partition }));
      const [found] = await this.cluster.fetchTopicsOffset([{ topic, partitions: wanted, fromBeginning }]);
      return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    };
    const [earliest, end] = [await ask(true), await ask(false)];
    return partitions.map((partition) => ({
      earliest: earliest.get(partition) ?? 0n,
      end: end.get(partition) ?? 0n,
    }));
  }

  /**
   * Reads some records from an offset on; at least one, if there is any.
   * @param bytes about how many to read; the batch with the offset comes whole in any case
   */
  async fetch(topic: string, partition: number, from: bigint, bytes = FETCH_BYTES): Promise<FetchedRecord[]> {
    const broker = await this.leaderOf(topic, partition);
    const { responses } = await broker.fetch({
      maxWaitTime: FETCH_WITHIN_MS,
      maxBytes: bytes,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: bytes }] }],
    });
    // A broker sends whole batches, and the first one may begin before the offset.
    return (responses[0]?.partitions[0]?.messages ?? []).filter(({ offset }) => BigInt(offset) >= from);
  }

  /**
   * Writes records, one batch for each partition, and resolves when all replicas have them.
   * @param check called right before each request is sent; when it throws, that request is not sent
   * @returns the offset of the first record of each batch, in the order of `batches`
   * @throws KafkaJSProtocolError when a broker refused a batch (others may have been written), or another
   *   error when the outcome is unknown
   */
  async produce(
    producer: ProducerIdentity,
    batches: readonly PartitionRecords[],
    check: () => void = () => {},
  ): Promise<bigint[]> {
    await this.cluster.refreshMetadataIfNecessary();
    const byLeader = new Map<string, Map<string, PartitionBatch[]>>();
    for (const { topic, partition, firstSequence, records } of batches) {
      const leader = this.leaderId(topic, partition);
      const topics = byLeader.get(leader) ?? new Map<string, PartitionBatch[]>();
      byLeader.set(leader, topics);
      const entry = { partition, firstSequence, messages: records };
      topics.set(topic, [...(topics.get(topic) ?? []), entry]);
    }
    const offsets = new Map<string, bigint>();
    await Promise.all(
      [...byLeader].map(async ([nodeId, topics]) => {
        const broker = await this.cluster.findBroker({ nodeId });
        const produce = {
          acks: ALL_REPLICAS,
          timeout: PRODUCE_WITHIN_MS,
          producerId: producer.id,
          producerEpoch: producer.epoch,
          topicData: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
        };
        const answer = await send(broker, produce, check);
        for (const { topicName, partitions } of answer.topics)
          for (const { partition, baseOffset } of partitions)
            offsets.set(`${topicName} ${partition}`, BigInt(baseOffset));
      }),
    );
    return batches.map(({ topic, partition }) => offsets.get(`${topic} ${partition}`) as bigint);
  }

  private leaderOf(topic: string, partition: number): Promise<Broker> {
    return this.cluster.findBroker({ nodeId: this.leaderId(topic, partition) });
  }

  private leaderId(topic: string, partition: number): string {
    const [leader] = Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]));
    if (leader === undefined) throw new Error(`Partition ${partition} of topic ${topic} has no leader`);
    return leader;
  }
}

/** Sends a Produce request as kafkajs does, but with the records encoded by us. */
function send(broker: Broker, produce: Produce, check: () => void): Promise<ProduceAnswer> {
  const { request, response } = broker.lookupRequest(PRODUCE, requests.Produce)(produce);
  const encode = async () => {
    const bytes = encodeProduce(produce, Date.now());
    check();
    return { buf: bytes, buffer: bytes };
  };
  return broker.connectionPool.send({ request: { ...request, encode }, response });
}
