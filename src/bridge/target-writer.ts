import { KafkaJSProtocolError } from 'kafkajs';
import type { PartitionClient, PartitionRecords, ProducerIdentity } from '../kafka/partition-client';
import type { KafkaRecord } from '../kafka/record';
import { BatchRefusedError, LeaseLostError } from './errors';
import type { Lease } from './lease';
import type { Target } from './targets';

const LAST_SEQUENCE = 2 ** 31 - 1;
const FENCED = 'INVALID_PRODUCER_EPOCH';
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Writes to partitions under one producer id and epoch, while the lease is valid. */
export class TargetWriter {
  constructor(
    private readonly client: PartitionClient,
    private readonly lease: Lease,
    readonly producer: ProducerIdentity,
  ) {}

  /**
   * Writes records, one batch a target, and resolves when all replicas have them.
   * @returns the offset of the first record of each batch, in the order of `records`
   * @throws LeaseLostError, BatchRefusedError, or the error of Kafka. Some batches may have been written then
   */
  async write(records: ReadonlyMap<Target, readonly KafkaRecord[]>): Promise<bigint[]> {
    if (records.size === 0) return [];
    const batches: PartitionRecords[] = [];
    for (const [target, own] of records) {
      if (target.sequence + own.length > LAST_SEQUENCE)
        throw new Error('The producer has used up its sequence numbers and needs a new epoch');
      const { name, partition, sequence } = target;
      batches.push({ topic: name, partition, firstSequence: sequence, records: own });
    }
    const offsets = await this.produce(batches);
    const now = performance.now();
    for (const [target, own] of records) {
      target.sequence += own.length;
      target.sentAt = now;
      target.published = own.at(-1)?.headers.position || target.published;
    }
    return offsets;
  }

  private async produce(batches: readonly PartitionRecords[]): Promise<bigint[]> {
    try {
      return await this.client.produce(this.producer, batches, () => this.lease.check());
    } catch (error) {
      // Before the first record of an epoch, it may also be the database that is older than Kafka.
      if (isFenced(error) && batches.some(({ firstSequence }) => firstSequence > 0))
        throw new LeaseLostError('A newer bridge is writing', { cause: error });
      if (error instanceof KafkaJSProtocolError && TOO_LARGE.has(error.type))
        throw new BatchRefusedError(error.message, { cause: error });
      throw error;
    }
  }
}

/** Did the broker refuse a write because it knows a newer epoch of the producer id? */
export const isFenced = (error: unknown): boolean =>
  error instanceof KafkaJSProtocolError && error.type === FENCED;
