import type { FetchedRecord } from 'kafkajs/src/protocol/requests';
import { type Position, START } from '../event-store/position';
import type { PartitionClient } from '../kafka/partition-client';
import { recordPosition } from '../kafka/record';

/** A broker answers with one whole batch at least. A look into the partition needs no more. */
const ONE_BATCH_BYTES = 1;

/** Where to begin reading a partition. */
export interface PartitionStart {
  /** of the first record that may lie behind the position */
  offset: bigint;
  /** Records between the position and this offset may have been deleted, so read the event store instead. */
  isGap: boolean;
}

/**
 * Finds the first record of a partition behind a position. Positions rise along a partition, so a binary
 * search needs few reads, however long the partition is.
 * @param name of the topic, with its prefix
 */
export async function findStart(
  client: Pick<PartitionClient, 'offsets' | 'fetch'>,
  name: string,
  partition: number,
  after: Position,
): Promise<PartitionStart> {
  const [range] = await client.offsets(name, [partition]);
  const { earliest, end } = range ?? { earliest: 0n, end: 0n };
  const fetch = (from: bigint) => client.fetch(name, partition, from, ONE_BATCH_BYTES);
  let low = earliest;
  let high = after === START ? low : end;
  while (low < high) {
    const middle = (low + high) >> 1n;
    const { known, isNextNew } = await look(fetch, middle, high, after);
    if (known === undefined) high = middle;
    else low = known + 1n;
    if (known !== undefined && isNextNew) break;
  }
  return { offset: low, isGap: low === earliest && earliest > 0n };
}

/** The first records with a position in a range of offsets, compared with a known position. */
interface Look {
  /** offset of the last record at or before the known position; undefined: there is none */
  known: bigint | undefined;
  /** the record after it lies behind the known position */
  isNextNew: boolean;
}

async function look(
  fetch: (from: bigint) => Promise<FetchedRecord[]>,
  from: bigint,
  end: bigint,
  after: Position,
): Promise<Look> {
  let known: bigint | undefined;
  for (let next = from; next < end && known === undefined; ) {
    const records = await fetch(next);
    const last = records.at(-1);
    if (last === undefined) break;
    for (const record of records) {
      const offset = BigInt(record.offset);
      if (offset >= end) break;
      const position = record.isControlRecord ? undefined : recordPosition(record.headers);
      if (!position) continue;
      if (position > after) return { known, isNextNew: true };
      known = offset;
    }
    next = BigInt(last.offset) + 1n;
  }
  return { known, isNextNew: false };
}
