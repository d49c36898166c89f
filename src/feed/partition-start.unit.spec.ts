import fc from 'fast-check';
import type { FetchedRecord } from 'kafkajs/src/protocol/requests';
import { findStart } from './partition-start';

interface Entry {
  offset: number;
  /** '': a fence */
  position: string;
}

const positionAt = (n: number): string => String(n).padStart(19, '0');

/** A partition of a broker: batches of records, of which the first ones may have been deleted. */
class Partition {
  fetches = 0;

  constructor(
    private readonly batches: readonly Entry[][],
    private readonly earliest: number,
  ) {}

  get records(): Entry[] {
    return this.batches.flat().filter(({ offset }) => offset >= this.earliest);
  }

  async offsets() {
    const last = this.batches.flat().at(-1)?.offset ?? -1;
    return [{ earliest: BigInt(this.earliest), end: BigInt(Math.max(last + 1, this.earliest)) }];
  }

  async fetch(_topic: string, _partition: number, from: bigint): Promise<FetchedRecord[]> {
    this.fetches++;
    const batch = this.batches.find((entries) => Number(entries.at(-1)?.offset) >= Number(from)) ?? [];
    return batch
      .filter(({ offset }) => offset >= Number(from))
      .map(({ offset, position }) => ({
        offset: String(offset),
        key: null,
        value: null,
        headers: { position },
        isControlRecord: false,
        batchContext: { producerId: '1', producerEpoch: 0 },
      }));
  }

  start(after: string) {
    return findStart(this, 'topic', 0, after);
  }
}

/** Batches of a few records: positions rise, some offsets are left out, and some records are fences. */
const partitions = fc
  .record({
    entries: fc.array(
      fc.record({ skip: fc.nat(2), rise: fc.integer({ min: 1, max: 3 }), isFence: fc.boolean() }),
      { maxLength: 60 },
    ),
    batchSize: fc.integer({ min: 1, max: 12 }),
    deleted: fc.nat(20),
  })
  .map(({ entries, batchSize, deleted }) => {
    const batches: Entry[][] = [];
    let offset = -1;
    let position = 0;
    for (const [i, { skip, rise, isFence }] of entries.entries()) {
      offset += 1 + skip;
      if (!isFence) position += rise;
      if (i % batchSize === 0) batches.push([]);
      batches.at(-1)?.push({ offset, position: isFence ? '' : positionAt(position) });
    }
    return new Partition(batches, Math.min(deleted, offset + 1));
  });

it('reading begins behind the last known record, and not behind the first new one', async () => {
  await fc.assert(
    fc.asyncProperty(partitions, fc.nat(130), async (partition, after) => {
      const known = after === 0 ? '' : positionAt(after);
      const { offset, isGap } = await partition.start(known);
      const isNew = ({ position }: Entry) => position > known;
      const isOld = ({ position }: Entry) => position !== '' && position <= known;
      const unread = partition.records.filter((record) => record.offset < Number(offset));
      const read = partition.records.filter((record) => record.offset >= Number(offset));
      expect(unread.filter(isNew)).toEqual([]);
      expect(read.filter(isOld)).toEqual([]);
      const [range] = await partition.offsets();
      expect(isGap).toBe(offset === range?.earliest && offset > 0n);
    }),
  );
});

it('an unknown partition is read from its start, without a look at its records', async () => {
  const partition = new Partition([[{ offset: 0, position: positionAt(1) }]], 0);
  expect(await partition.start('')).toEqual({ offset: 0n, isGap: false });
  expect(partition.fetches).toBe(0);
});

it('the search ends with a batch that has known and new records', async () => {
  const entries = Array.from({ length: 1_000 }, (_, i) => ({ offset: i, position: positionAt(i + 1) }));
  const partition = new Partition([entries], 0);
  expect(await partition.start(positionAt(700))).toEqual({ offset: 700n, isGap: false });
  expect(partition.fetches).toBe(1);
});
