import type { FetchedRecord } from 'kafkajs/src/protocol/requests';
import { ByteReader } from './byte-reader';

const MAGIC = 2;
/** What comes before the length of a batch and the length itself; the length does not count them. */
const OUTSIDE_BYTES = 12;
const [MAGIC_AT, ATTRIBUTES_AT, PRODUCER_ID_AT, PRODUCER_EPOCH_AT, COUNT_AT, RECORDS_AT] = [
  16, 21, 43, 51, 57, 61,
];
const COMPRESSION = 0x7;
const IN_TRANSACTION = 0x10;
const CONTROL = 0x20;

type BatchContext = FetchedRecord['batchContext'];

/**
 * Reads uncompressed record batches of Kafka's format 2, as kafkajs does, but without an object for each
 * header and number of a record: key, value and headers are looked up when they are asked for. The last batch
 * may be cut off; it is left out.
 * @returns null when a batch is compressed, of an older format, or beyond offsets that are safe integers
 */
export function readRecords(bytes: Buffer): FetchedRecord[] | null {
  const records: FetchedRecord[] = [];
  for (let start = 0; start + RECORDS_AT <= bytes.length; ) {
    const end = start + OUTSIDE_BYTES + bytes.readInt32BE(start + 8);
    if (bytes[start + MAGIC_AT] !== MAGIC) return null;
    if (end > bytes.length) break;
    const attributes = bytes.readInt16BE(start + ATTRIBUTES_AT);
    const baseOffset = Number(bytes.readBigInt64BE(start));
    if ((attributes & COMPRESSION) !== 0 || !Number.isSafeInteger(baseOffset + 2 ** 32)) return null;
    const context = {
      producerId: bytes.readBigInt64BE(start + PRODUCER_ID_AT).toString(),
      producerEpoch: bytes.readInt16BE(start + PRODUCER_EPOCH_AT),
      inTransaction: (attributes & IN_TRANSACTION) !== 0,
    };
    const cursor = new ByteReader(bytes, start + RECORDS_AT);
    const count = bytes.readInt32BE(start + COUNT_AT);
    for (let i = 0; i < count; i += 1) {
      records.push(readRecord(cursor, baseOffset, context, (attributes & CONTROL) !== 0));
    }
    start = end;
  }
  return records;
}

function readRecord(
  cursor: ByteReader,
  baseOffset: number,
  context: BatchContext,
  isControlRecord: boolean,
): FetchedRecord {
  const length = cursor.varint();
  const end = cursor.at + length;
  cursor.at += 1; // attributes
  cursor.skipVarint(); // time since the batch's timestamp
  const offset = String(baseOffset + cursor.varint());
  const record = new ReadRecord(cursor.bytes, cursor.at, offset, context, isControlRecord);
  cursor.at = end;
  return record;
}

class ReadRecord implements FetchedRecord {
  constructor(
    private readonly bytes: Buffer,
    private readonly keyAt: number,
    readonly offset: string,
    readonly batchContext: BatchContext,
    readonly isControlRecord: boolean,
  ) {}

  get key(): Buffer | null {
    return new ByteReader(this.bytes, this.keyAt).varintBytes();
  }

  get value(): Buffer | null {
    const cursor = new ByteReader(this.bytes, this.keyAt);
    cursor.skipVarintBytes();
    return cursor.varintBytes();
  }

  /** Of a header that is there several times the last one. */
  get headers(): Record<string, unknown> {
    const cursor = new ByteReader(this.bytes, this.keyAt);
    cursor.skipVarintBytes();
    cursor.skipVarintBytes();
    const headers: Record<string, unknown> = {};
    for (let left = cursor.varint(); left > 0; left -= 1) {
      const name = String(cursor.varintBytes());
      headers[name] = cursor.varintBytes();
    }
    return headers;
  }
}
