import type { Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import { partitionOf } from '../../kafka/partition-of';
import { type EventTopic, topicOf } from '../../kafka/topics';
import type { ProjectionClient } from '../projection';
import type { CheckpointStep } from './checkpoint';
import type { Generation } from './generations';

/**
 * How far a generation that is fed from Kafka has each partition; empty for one that is fed from the event
 * store.
 */
export class PartitionPositions {
  private constructor(
    /** positions of the partitions 0, 1, 2 ... of each topic */
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

  /** The furthest of them, and not less than `atLeast`. */
  furthest(atLeast: Position): Position {
    return [...this.topics.values()].flat().reduce((high, next) => (next > high ? next : high), atLeast);
  }

  /** Everything of the event's stream up to here is in the tables. */
  passed({ stream }: RecordedEvent, position: Position): Position {
    const positions = this.topics.get(topicOf(stream));
    const own = positions?.[partitionOf(stream, positions.length)] ?? '';
    return own > position ? own : position;
  }

  /** What is left to mind once everything up to a position is in the tables. */
  after(position: Position): PartitionPositions {
    return this.any && this.furthest('') <= position ? new PartitionPositions(new Map()) : this;
  }

  /**
   * Writes that every partition is at least there; when all are equal the generation is the event store's
   * again.
   */
  async bringTo(
    client: ProjectionClient,
    { projection, generation }: Generation,
    { position, recordedAt }: CheckpointStep,
  ): Promise<void> {
    const which = [projection, generation, position];
    if (!this.after(position).any) {
      await client.query(
        'DELETE FROM tidemark.partition_checkpoints WHERE projection = $1 AND generation = $2 AND position <= $3',
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
