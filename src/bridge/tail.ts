import { type Position, START } from '../event-store/position';
import type { FetchedRecord, OffsetRange, PartitionClient } from '../kafka/partition-client';
import { fromRecord, positionOf } from '../kafka/record';

/** How far a partition has the log. */
export interface Tail {
  position: Position;
  /** when the event at `position` was recorded, Unix milliseconds; null where no record says so */
  recordedAt: number | null;
  /** the event store that the events come from; null where no record says so */
  source: string | null;
}

const LOOK_BACK_FACTOR = 8n;

/**
 * Reads from a partition's last records how far it has the log. Records that carry no position (fences, marks of Kafka's own,
 * what others wrote) are walked over backwards, and so are offsets without a record. A partition that never had a record is at
 * the start; one whose records were deleted is at `floor`, which all topics have acknowledged.
 */
export async function readTail(
  client: PartitionClient,
  topic: string,
  partition: number,
  { earliest, end }: OffsetRange,
  floor: Position,
): Promise<Tail> {
  for (let back = 1n; ; back *= LOOK_BACK_FACTOR) {
    const from = end - back > earliest ? end - back : earliest;
    const last = await lastPositioned(client, topic, partition, from, end);
    if (last !== undefined) return last;
    if (from === earliest)
      return { position: earliest === 0n ? START : floor, recordedAt: null, source: null };
  }
}

async function lastPositioned(
  client: PartitionClient,
  topic: string,
  partition: number,
  from: bigint,
  end: bigint,
): Promise<Tail | undefined> {
  let last: FetchedRecord | undefined;
  for (let offset = from; offset < end; ) {
    const records = await client.fetch(topic, partition, offset);
    const newest = records.at(-1);
    if (newest === undefined) break;
    last = records.findLast((record) => BigInt(record.offset) < end && isPositioned(record)) ?? last;
    offset = BigInt(newest.offset) + 1n;
  }
  if (last === undefined) return undefined;
  const said = fromRecord(last);
  const { position, recordedAt } = said.kind === 'tick' ? said : said.event;
  return { position, recordedAt, source: said.source };
}

const isPositioned = ({ headers, isControlRecord }: FetchedRecord): boolean =>
  !isControlRecord && Boolean(positionOf(headers));
