import type { ProduceOptions } from 'kafkajs/src/protocol/requests';
import { ByteWriter } from './byte-writer';
import type { KafkaRecord } from './record';
import { sizeOfRecord, writeRecordBatch } from './record-batch';

export interface PartitionBatch {
  partition: number;
  firstSequence: number;
  messages: readonly KafkaRecord[];
}

/** A Produce request to one broker. */
export interface Produce extends ProduceOptions {
  topicData: { topic: string; partitions: PartitionBatch[] }[];
}

const NO_TRANSACTION = -1;
/** Names and lengths around a batch. */
const BATCH_OVERHEAD_BYTES = 512;

/**
 * Encodes the body of a Produce request. It is the same in versions 3 to 7, which are those of kafkajs.
 * @param timestamp of all records, Unix milliseconds
 */
export function encodeProduce(
  { acks, timeout, producerId, producerEpoch, topicData }: Produce,
  timestamp: number,
): Buffer {
  const out = new ByteWriter(sizeOf(topicData));
  out.int16(NO_TRANSACTION);
  out.int16(acks);
  out.int32(timeout);
  out.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    out.string(topic);
    out.int32(partitions.length);
    for (const { partition, firstSequence, messages } of partitions) {
      out.int32(partition);
      const sizeAt = out.length;
      out.int32(0);
      writeRecordBatch(out, messages, { producerId, producerEpoch, firstSequence, timestamp });
      out.setUint32(sizeAt, out.length - sizeAt - 4);
    }
  }
  return out.bytes;
}

/** About how many bytes the request takes. */
function sizeOf(topicData: Produce['topicData']): number {
  let bytes = BATCH_OVERHEAD_BYTES;
  for (const { partitions } of topicData)
    for (const { messages } of partitions) {
      bytes += BATCH_OVERHEAD_BYTES;
      for (const record of messages) bytes += sizeOfRecord(record);
    }
  return bytes;
}
