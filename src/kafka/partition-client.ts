import {
  type ProduceAnswer,
  type ProtocolDefinition,
  type ProtocolRequest,
  requests,
} from 'kafkajs/src/protocol/requests';
import { encodeProduce, type PartitionBatch, type Produce } from './produce-request';
import type { KafkaRecord } from './record';

/** A record as a fetch returns it. */
export interface FetchedRecord {
  /** decimal */
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, unknown>;
  /** a mark of Kafka's own */
  isControlRecord: boolean;
  /** by whom it was written; id -1 where the producer was not idempotent */
  batchContext: { producerId: string; producerEpoch: number };
}

/** Offsets of a partition: of the first record that is still there, and of the next one to be written. */
export interface OffsetRange {
  earliest: bigint;
  end: bigint;
}

/**
 * By which brokers know a producer: they refuse an older epoch of the same id once they have seen a newer
 * one.
 */
export interface ProducerIdentity {
  /** decimal */
  id: string;
  /** 0 to LAST_PRODUCER_EPOCH */
  epoch: number;
}

/** 16 bits, signed. */
export const LAST_PRODUCER_EPOCH = 32_767;

export interface PartitionRecords {
  topic: string;
  partition: number;
  /** counts the producer's records in this partition, 0 for the first of an epoch */
  firstSequence: number;
  records: readonly KafkaRecord[];
}

interface Broker {
  initProducerId(request: { transactionTimeout: number }): Promise<{ producerId: string }>;
  /** picks the newest version that both sides speak */
  lookupRequest<Options, Answer>(
    apiKey: number,
    definition: ProtocolDefinition<Options, Answer>,
  ): (options: Options) => ProtocolRequest<Answer>;
  connectionPool: { send<Answer>(request: ProtocolRequest<Answer>): Promise<Answer> };
  fetch(request: object): Promise<{
    responses: { partitions: { messages: FetchedRecord[] }[] }[];
  }>;
}

/** What is used of kafkajs' Cluster. */
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
 * Reads and writes single partitions. Nothing is tried again here: what an error means is the caller's to
 * say.
 */
export class PartitionClient {
  constructor(private readonly cluster: Cluster) {}

  /** Learns who leads the partitions of these topics. To be called before anything else is asked of them. */
  watch(topics: string[]): Promise<void> {
    return this.cluster.addMultipleTargetTopics(topics);
  }

  /** A producer id that nobody has. @returns decimal */
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
   * Some records from an offset on, at least one where there is any.
   * @param bytes after which no more batches are wanted; the one of the offset comes whole
   */
  async fetch(topic: string, partition: number, from: bigint, bytes = FETCH_BYTES): Promise<FetchedRecord[]> {
    const broker = await this.leaderOf(topic, partition);
    const { responses } = await broker.fetch({
      maxWaitTime: FETCH_WITHIN_MS,
      maxBytes: bytes,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: bytes }] }],
    });
    // A broker sends whole batches, which may begin before the offset.
    return (responses[0]?.partitions[0]?.messages ?? []).filter(({ offset }) => BigInt(offset) >= from);
  }

  /**
   * Writes records, one batch a partition, and resolves when all replicas have them.
   * @param check is called when the connection is there, just before a request goes out; when it throws, that
   *   one does not
   * @returns the offset of the first record of each batch, in the order of `batches`
   * @throws KafkaJSProtocolError when a broker refused one batch (others may have been written), or any other
   *   error when the outcome is not known
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

/** As kafkajs' broker does it, but with our own encoding of the records. */
function send(broker: Broker, produce: Produce, check: () => void): Promise<ProduceAnswer> {
  const { request, response } = broker.lookupRequest(PRODUCE, requests.Produce)(produce);
  const encode = async () => {
    const bytes = encodeProduce(produce, Date.now());
    check();
    return { buf: bytes, buffer: bytes };
  };
  return broker.connectionPool.send({ request: { ...request, encode }, response });
}
