import type { ByteWriter } from './byte-writer';
import { crc32c } from './crc32c';
import type { KafkaRecord } from './record';

/** By whom a batch is, and when it was written. */
export interface BatchOrigin {
  /** decimal */
  producerId: string;
  producerEpoch: number;
  /** of the first record, counted by the producer in this partition */
  firstSequence: number;
  /** Unix milliseconds; all records have it */
  timestamp: number;
}

const MAGIC = 2;
/** Base offset and length. */
const OUTSIDE_BYTES = 12;
/** Leader epoch, magic byte and the checksum itself. */
const UNCHECKED_BYTES = 9;
/** Of a record beside its value and key: lengths and headers. */
const RECORD_OVERHEAD_BYTES = 120;

/** About how many bytes a record takes in a batch. */
export const sizeOfRecord = ({ key, value }: KafkaRecord): number =>
  value.length + 2 * (key?.length ?? 0) + RECORD_OVERHEAD_BYTES;

/**
 * Writes records as a record batch of Kafka's format 2, not compressed. kafkajs does the same with a buffer
 * for each record and each header, which takes several times as long.
 */
export function writeRecordBatch(
  out: ByteWriter,
  records: readonly KafkaRecord[],
  { producerId, producerEpoch, firstSequence, timestamp }: BatchOrigin,
): void {
  const start = out.length;
  // The broker fills in the offset, and who leads the partition.
  out.int64(0n);
  const lengthAt = out.length;
  out.int32(0);
  out.int32(0);
  out.int8(MAGIC);
  const checksumAt = out.length;
  out.int32(0);
  out.int16(0); // attributes: no compression, no transaction, the time is the writer's
  out.int32(records.length - 1);
  out.int64(BigInt(timestamp));
  out.int64(BigInt(timestamp));
  out.int64(BigInt(producerId));
  out.int16(producerEpoch);
  out.int32(firstSequence);
  out.int32(records.length);
  for (const [i, record] of records.entries()) writeRecord(out, record, i);
  out.setUint32(lengthAt, out.length - start - OUTSIDE_BYTES);
  out.setUint32(checksumAt, crc32c(out.bytes, start + OUTSIDE_BYTES + UNCHECKED_BYTES));
}

function writeRecord(out: ByteWriter, record: KafkaRecord, index: number): void {
  const { key, value, headers } = record;
  out.lengthPrefixed(sizeOfRecord(record), () => {
    out.int8(0); // attributes: there are none
    out.varint(0); // since the batch's timestamp
    out.varint(index);
    out.varintString(key);
    out.varintBytes(value);
    const entries = Object.entries(headers);
    out.varint(entries.length);
    for (const [name, text] of entries) {
      out.varintString(name);
      out.varintString(text);
    }
  });
}
