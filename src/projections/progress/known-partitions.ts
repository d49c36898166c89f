import type { Position } from '../../event-store/position';
import type { EventTopic } from '../../kafka/topics';
import type { PartitionAdvance } from './advance';
import type { PartitionKey } from './consistency-token';

/** The positions of partitions 0, 1, 2 ... of each topic that a generation reads. */
export type PositionsByTopic = Partial<Record<EventTopic, Position[]>>;

/**
 * How far the partitions of a published generation are, as far as a process has heard: it may be late, but
 * never ahead. Nothing is known of a generation that is fed from the event store.
 */
export class KnownPartitions {
  private topics = new Map<EventTopic, Position[]>();

  get any(): boolean {
    return this.topics.size > 0;
  }

  /** Takes what the table has. It may have been read before what was heard meanwhile. */
  read(table: PositionsByTopic): void {
    const before = this.topics;
    this.topics = new Map(Object.entries(table) as [EventTopic, Position[]][]);
    for (const [topic, positions] of before)
      for (const [partition, position] of positions.entries())
        this.hear([topic, partition, positions.length, position]);
  }

  /** @returns false for a partition that has to be read from the table first */
  hear([topic, partition, count, position]: PartitionAdvance): boolean {
    const positions = this.topics.get(topic);
    const known = positions?.[partition];
    if (positions?.length !== count || known === undefined) return false;
    if (position > known) positions[partition] = position;
    return true;
  }

  /**
   * Is everything of a key up to a position in the tables? A write of a topic that is not read at all changes
   * nothing in them.
   */
  passed({ topic, hash }: PartitionKey, position: Position): boolean {
    if (!this.any) return false;
    const positions = this.topics.get(topic);
    return positions === undefined || (positions[hash % positions.length] ?? '') >= position;
  }
}
