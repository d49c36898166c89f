import type { Position } from '../event-store/position';
import type { PartitionClient } from '../kafka/partition-client';
import { findStart } from './partition-start';

/** A partition as the consumer names it. */
export interface ConsumerPartition {
  /** of the topic, with its prefix */
  name: string;
  partition: number;
}

/** What the reader knows of its partitions. */
export interface AssignmentReader {
  position(at: ConsumerPartition): Promise<Position>;
  fillGap(at: ConsumerPartition): Promise<void>;
}

/**
 * The partitions that the consumer group assigns to this process, until the next rebalance, and the offsets
 * at which to read them. The reader's positions decide on those, never the group's committed offsets.
 */
export class Assignment {
  private readonly starts = new Map<string, Promise<bigint>>();
  private readonly begun = new Set<string>();
  private readonly next = new Map<string, bigint>();

  constructor(
    private readonly reader: AssignmentReader,
    private readonly client: PartitionClient,
  ) {}

  /** The offset to read a partition from first. It is looked up once, and a gap before it is filled then. */
  startOf(at: ConsumerPartition): Promise<bigint> {
    const key = keyOf(at);
    const start = this.starts.get(key) ?? this.findStart(at);
    this.starts.set(key, start);
    return start;
  }

  /** Has a batch of the partition arrived? */
  hasBegun(at: ConsumerPartition): boolean {
    return this.begun.has(keyOf(at));
  }

  /**
   * Checks that a batch, whose first record has the offset `first`, is the next one to be read.
   * @returns the offset to seek to instead; null: the batch is the next one
   */
  async misplaced(at: ConsumerPartition, first: bigint): Promise<bigint | null> {
    const key = keyOf(at);
    this.begun.add(key);
    const known = this.next.get(key);
    const expected = known ?? (await this.startOf(at));
    this.next.set(key, expected);
    if (first === expected) return null;
    // Some offsets have no record, and then the batch may begin behind the expected offset.
    if (known !== undefined && first > expected) {
      const [there] = await this.client.fetch(at.name, at.partition, expected);
      if (there !== undefined && BigInt(there.offset) >= first) return null;
    }
    return expected;
  }

  /** The reader has applied the partition's records up to and including the offset `last`. */
  applied(at: ConsumerPartition, last: bigint): void {
    this.next.set(keyOf(at), last + 1n);
  }

  private async findStart(at: ConsumerPartition): Promise<bigint> {
    const known = await this.reader.position(at);
    const { offset, isGap } = await findStart(this.client, at.name, at.partition, known);
    if (isGap) await this.reader.fillGap(at);
    return offset;
  }
}

const keyOf = ({ name, partition }: ConsumerPartition): string => `${name} ${partition}`;
