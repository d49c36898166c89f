import type { FetchedRecord } from 'kafkajs/src/protocol/requests';
import { type Position, START } from '../event-store/position';
import type { OffsetRange, PartitionClient, ProducerIdentity } from '../kafka/partition-client';
import { fromRecord, recordPosition } from '../kafka/record';

/** The tail of a partition: how far it has the log, as its last records say. */
export interface Tail {
  position: Position;
  /** recordedAt of the event at `position`, Unix milliseconds; null: no record says so */
  recordedAt: number | null;
  /** the event store that the events come from; null: no record says so */
  source: string | null;
  /** the producers of Tidemark's records, fences included, from the record with the position to the end */
  writers: readonly Writer[];
}

/** A producer id with the newest producer epoch that the tail shows. */
export interface Writer extends ProducerIdentity {
  /** the event store whose log it carries */
  source: string;
}

const LOOK_BACK_FACTOR = 8n;
/** The id of a producer that is not idempotent. */
const NO_PRODUCER_ID = '-1';

/**
 * Reads from the last records of a partition how far it has the log. Records without a position (fences,
 * control records of Kafka, records of other programs) say nothing, so it looks further back, eight times as
 * far each time. A partition that never had a record is at the start of the log. One whose records were
 * deleted is at `floor`, the position that all topics have acknowledged.
 */
export async function readTail(
  client: Pick<PartitionClient, 'fetch'>,
  topic: string,
  partition: number,
  { earliest, end }: OffsetRange,
  floor: Position,
): Promise<Tail> {
  for (let back = 1n; ; back *= LOOK_BACK_FACTOR) {
    const from = end - back > earliest ? end - back : earliest;
    const { last, writers } = await lookAt(client, topic, partition, { earliest: from, end });
    if (last === undefined && from > earliest) continue;
    if (last === undefined)
      return { position: earliest === 0n ? START : floor, recordedAt: null, source: null, writers };
    const said = fromRecord(last);
    const { position, recordedAt } = said.kind === 'tick' ? said : said.event;
    return { position, recordedAt, source: said.source, writers };
  }
}

/**
 * Finds the last record with a position in a range of offsets, and the producers of Tidemark's records there.
 */
async function lookAt(
  client: Pick<PartitionClient, 'fetch'>,
  topic: string,
  partition: number,
  { earliest, end }: OffsetRange,
): Promise<{ last: FetchedRecord | undefined; writers: Writer[] }> {
  const writers = new Map<string, Writer>();
  let last: FetchedRecord | undefined;
  for (let offset = earliest; offset < end; ) {
    const records = await client.fetch(topic, partition, offset);
    const newest = records.at(-1);
    if (newest === undefined) break;
    for (const record of records) {
      if (BigInt(record.offset) >= end || !isOurs(record)) continue;
      if (recordPosition(record.headers)) last = record;
      noteWriter(writers, record);
    }
    offset = BigInt(newest.offset) + 1n;
  }
  return { last, writers: [...writers.values()] };
}

function noteWriter(writers: Map<string, Writer>, record: FetchedRecord): void {
  const { producerId: id, producerEpoch } = record.batchContext;
  if (id === NO_PRODUCER_ID) return;
  const known = writers.get(id);
  if (known === undefined) writers.set(id, { id, epoch: producerEpoch, source: fromRecord(record).source });
  else known.epoch = Math.max(known.epoch, producerEpoch);
}

const isOurs = ({ headers, isControlRecord }: FetchedRecord): boolean =>
  !isControlRecord && recordPosition(headers) !== undefined;
