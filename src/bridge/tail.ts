import { type Position, START } from '../event-store/position';
import type {
  FetchedRecord,
  OffsetRange,
  PartitionClient,
  ProducerIdentity,
} from '../kafka/partition-client';
import { fromRecord, positionOf } from '../kafka/record';

/** How far a partition has the log. */
export interface Tail {
  position: Position;
  /** when the event at `position` was recorded, Unix milliseconds; null where no record says so */
  recordedAt: number | null;
  /** the event store that the events come from; null where no record says so */
  source: string | null;
  /** who wrote records of ours, fences among them, from the one that tells the position to the end */
  writers: readonly Writer[];
}

/** A producer, with the newest of its epochs that was seen. */
export interface Writer extends ProducerIdentity {
  /** the event store that it carries */
  source: string;
}

const LOOK_BACK_FACTOR = 8n;
/** Of a producer that is not idempotent. */
const NO_PRODUCER_ID = '-1';

/**
 * Reads from a partition's last records how far it has the log. Records that carry no position (fences, marks
 * of Kafka's own, what others wrote) are walked over backwards, and so are offsets without a record. A
 * partition that never had a record is at the start; one whose records were deleted is at `floor`, which all
 * topics have acknowledged.
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

/** The last record of a range that carries a position, and who wrote all that is of ours there. */
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
      if (positionOf(record.headers)) last = record;
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
  !isControlRecord && positionOf(headers) !== undefined;
