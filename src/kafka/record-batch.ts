import type { ByteWriter } from './byte-writer';
import { crc32c } from './crc32c';
import type { KafkaRecord } from './record';

/** The producer of a batch, and the time of writing. */
export interface BatchOrigin {
  /** decimal */
  producerId: string;
  producerEpoch: number;
  /** sequence number of the first record, counted by the producer in this partition */
  firstSequence: number;
  /** of all records, Unix milliseconds */
  timestamp: number;
}

const MAGIC = 2;
/** The length of a batch does not count its base offset and the length itself. */
const OUTSIDE_BYTES = 12;
/** The checksum does not cover the leader epoch, the magic byte and the checksum itself. */
const UNCHECKED_BYTES = 9;
/** Of a record beside its value and key: lengths and headers. */
const RECORD_OVERHEAD_BYTES = 120;

/** About how many bytes a record takes in a batch. */
export const sizeOfRecord = ({ key, value }: KafkaRecord): number =>
  value.length + 2 * (key?.length ?? 0) + RECORD_OVERHEAD_BYTES;

/**
 * Writes records as an uncompressed record batch of Kafka's format 2. kafkajs makes a buffer for each record
 * and each header instead, which takes several times as long.
 */
export function writeRecordBatch(
  out: ByteWriter,
  records: readonly KafkaRecord[],
  { producerId, producerEpoch, firstSequence, timestamp }: BatchOrigin,
): void {
  const start = out.length;
  // The broker fills in the base offset and the leader epoch.
  out.int64(0n);
  const lengthAt = out.length;
  out.int32(0);
  out.int32(0);
  out.int8(MAGIC);
  const checksumAt = out.length;
  out.int32(0);
  out.int16(0); // attributes: no compression, no transaction, timestamp of the producer
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
    out.int8(0); // attributes: none
    out.varint(0); // milliseconds since the batch's timestamp
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
