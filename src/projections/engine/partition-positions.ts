import type { Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import { partitionOf } from '../../kafka/partition-of';
import { type EventTopic, topicOf } from '../../kafka/topics';
import type { ProjectionClient } from '../projection';
import type { CheckpointStep } from './checkpoint';
import type { Generation } from './generations';

/**
 * The positions of the partitions of a generation that Kafka feeds. Empty for one that the event store feeds.
 */
export class PartitionPositions {
  private constructor(
    /** of partitions 0, 1, 2 ... of each topic */
    private readonly topics: ReadonlyMap<EventTopic, readonly Position[]>,
  ) {}

  static async load(
    client: ProjectionClient | Pool,
    { projection, generation }: Generation,
  ): Promise<PartitionPositions> {
    const { rows } = await client.query<{ topic: EventTopic; positions: Position[] }>(
      `SELECT topic, array_agg(position ORDER BY partition) AS positions FROM tidemark.partition_checkpoints
        WHERE projection = $1 AND generation = $2 GROUP BY topic`,
      [projection, generation],
    );
    return new PartitionPositions(new Map(rows.map(({ topic, positions }) => [topic, positions])));
  }

  get any(): boolean {
    return this.topics.size > 0;
  }

  /** The highest of them, and not less than `atLeast`. */
  furthest(atLeast: Position): Position {
    return [...this.topics.values()].flat().reduce((high, next) => (next > high ? next : high), atLeast);
  }

  /**
   * Up to where everything of an event's stream is in the tables.
   * @param position everything of all streams up to here is
   */
  passed({ stream }: RecordedEvent, position: Position): Position {
    const positions = this.topics.get(topicOf(stream));
    const own = positions?.[partitionOf(stream, positions.length)] ?? '';
    return own > position ? own : position;
  }

  /** The positions once everything up to `position` is in the tables. None when no partition is ahead. */
  after(position: Position): PartitionPositions {
    return this.any && this.furthest('') <= position ? new PartitionPositions(new Map()) : this;
  }

  /**
   * Moves every partition that is behind to the step's position. When none is ahead of it, their rows go, and
   * the event store feeds the generation from then on.
   */
  async bringTo(
    client: ProjectionClient,
    { projection, generation }: Generation,
    { position, recordedAt }: CheckpointStep,
  ): Promise<void> {
    const which = [projection, generation, position];
    if (!this.after(position).any) {
      await client.query(
        `DELETE FROM tidemark.partition_checkpoints
          WHERE projection = $1 AND generation = $2 AND position <= $3`,
        which,
      );
      return;
    }
    await client.query(
      `UPDATE tidemark.partition_checkpoints SET position = $3, recorded_at = $4, commits = commits + 1
        WHERE projection = $1 AND generation = $2 AND position < $3`,
      [...which, new Date(recordedAt)],
    );
  }
}
