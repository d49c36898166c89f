import { type Position, START } from '../event-store/position';
import type { PartitionClient } from '../kafka/partition-client';
import { positionOf } from '../kafka/record';

/** A look into the partition needs one batch of records, however small the rest of the answer is. */
const ONE_BATCH_BYTES = 1;

/** Where to begin reading a partition. */
export interface PartitionStart {
  /** of the first record that may say something new */
  offset: bigint;
  /** Records between what is known and this offset were deleted: they have to come from the event store. */
  isGap: boolean;
}

/**
 * Finds the first record beyond a position. Positions rise along a partition, so a handful of reads settle
 * it, however long the partition is.
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
  let low = earliest;
  let high = after === START ? low : end;
  while (low < high) {
    const middle = (low + high) >> 1n;
    const { known, isNextNew } = await look(client, name, partition, middle, high, after);
    if (known === undefined) high = middle;
    else low = known + 1n;
    if (known !== undefined && isNextNew) break;
  }
  return { offset: low, isGap: low === earliest && earliest > 0n };
}

/** What the first records with a position say, from an offset on and before another. */
interface Look {
  /** offset of the last one of them that says nothing new */
  known: bigint | undefined;
  /** the next one after that does */
  isNextNew: boolean;
}

async function look(
  client: Pick<PartitionClient, 'fetch'>,
  name: string,
  partition: number,
  from: bigint,
  end: bigint,
  after: Position,
): Promise<Look> {
  let known: bigint | undefined;
  for (let next = from; next < end && known === undefined; ) {
    const records = await client.fetch(name, partition, next, ONE_BATCH_BYTES);
    const last = records.at(-1);
    if (last === undefined) break;
    for (const record of records) {
      const offset = BigInt(record.offset);
      if (offset >= end) break;
      const position = record.isControlRecord ? undefined : positionOf(record.headers);
      if (!position) continue;
      if (position > after) return { known, isNextNew: true };
      known = offset;
    }
    next = BigInt(last.offset) + 1n;
  }
  return { known, isNextNew: false };
}
