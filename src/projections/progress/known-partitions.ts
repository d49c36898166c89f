import type { Position } from '../../event-store/position';
import type { EventTopic } from '../../kafka/topics';
import type { PartitionAdvance } from './advance';
import type { PartitionKey } from './consistency-token';

/** The positions of partitions 0, 1, 2 ... of each topic that a generation reads. */
export type PositionsByTopic = Partial<Record<EventTopic, Position[]>>;

/**
 * The positions of a published generation's partitions, as far as this process has heard. They may be late,
 * and are never ahead. Empty for a generation that the event store feeds.
 */
export class KnownPartitions {
  private topics = new Map<EventTopic, Position[]>();

  get any(): boolean {
    return this.topics.size > 0;
  }

  /** Takes what the table has, and keeps what was heard since it was read. */
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
   * Is everything of a key up to a position in the tables? Yes for a topic that the generation does not read:
   * its events change nothing in them.
   */
  passed({ topic, hash }: PartitionKey, position: Position): boolean {
    if (!this.any) return false;
    const positions = this.topics.get(topic);
    return positions === undefined || (positions[hash % positions.length] ?? '') >= position;
  }
}
