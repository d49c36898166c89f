import type { Position } from '../event-store/position';
import type { PartitionClient } from '../kafka/partition-client';
import { positionOf } from '../kafka/record';

/** Where to begin reading a partition. */
export interface PartitionStart {
  /** of the first record that may say something new */
  offset: bigint;
  /** Records between what is known and this offset were deleted: they have to come from the event store. */
  isGap: boolean;
}

/**
 * Finds the first record beyond a position. Positions rise along a partition, so a handful of reads settle it, however long
 * the partition is.
 * @param name of the topic, with its prefix
 */
export async function findStart(
  client: PartitionClient,
  name: string,
  partition: number,
  after: Position,
): Promise<PartitionStart> {
  const [range] = await client.offsets(name, [partition]);
  const { earliest, end } = range ?? { earliest: 0n, end: 0n };
  let low = earliest;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1n;
    const found = await firstPositioned(client, name, partition, middle, high);
    if (found === undefined || found.position > after) high = middle;
    else low = found.offset + 1n;
  }
  return { offset: low, isGap: low === earliest && earliest > 0n };
}

/** The first record from an offset on, and before another, that carries a position. */
async function firstPositioned(
  client: PartitionClient,
  name: string,
  partition: number,
  from: bigint,
  end: bigint,
): Promise<{ offset: bigint; position: Position } | undefined> {
  for (let offset = from; offset < end; ) {
    const records = await client.fetch(name, partition, offset);
    const last = records.at(-1);
    if (last === undefined) return undefined;
    for (const record of records) {
      if (BigInt(record.offset) >= end) return undefined;
      const position = record.isControlRecord ? undefined : positionOf(record.headers);
      if (position) return { offset: BigInt(record.offset), position };
    }
    offset = BigInt(last.offset) + 1n;
  }
  return undefined;
}
