import type { FetchAnswer, FetchedPartition } from 'kafkajs/src/protocol/requests';
import { ByteReader } from './byte-reader';
import { readRecords } from './read-records';

/** The version of the answer that is decoded here: the newest that kafkajs 2.2.4 knows. */
export const FETCH_VERSION = 11;

/**
 * Decodes the answer to a Fetch request of version 11.
 * @returns as kafkajs does; null where records have a form that only kafkajs decodes
 */
export function decodeFetch(bytes: Buffer): FetchAnswer | null {
  const reader = new ByteReader(bytes);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: FetchAnswer['responses'] = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.take(reader.int16()).toString();
    const partitions: FetchedPartition[] = [];
    for (let left = reader.int32(); left > 0; left -= 1) {
      const partition = decodePartition(reader);
      if (partition === null) return null;
      partitions.push(partition);
    }
    responses.push({ topicName, partitions });
  }
  // As kafkajs says it: the broker has not waited, the client may have to.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

function decodePartition(reader: ByteReader): FetchedPartition | null {
  const head = {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    lastStartOffset: reader.int64(),
  };
  const abortedTransactions: FetchedPartition['abortedTransactions'] = [];
  for (let left = reader.int32(); left > 0; left -= 1) {
    abortedTransactions.push({ producerId: reader.int64(), firstOffset: reader.int64() });
  }
  const preferredReadReplica = reader.int32();
  const messages = readRecords(reader.take(reader.int32()));
  return messages && { ...head, abortedTransactions, preferredReadReplica, messages };
}
