import type { Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { TopicPartition } from '../../feed/topic-partitions';
import type { ProjectionClient } from '../projection';
import type { Checkpoint, CheckpointStep } from './checkpoint';
import { CheckpointMovedError } from './errors';
import type { Generation } from './generations';

const READ = `
SELECT position, commits FROM tidemark.partition_checkpoints
 WHERE projection = $1 AND generation = $2 AND topic = $3 AND partition = $4`;

/**
 * Whoever changes both rows locks the generation's first, so none of them can block another. A statement of
 * its own, so that the next one sees what was committed while this one waited.
 */
const LOCK_GENERATION = `
SELECT FROM tidemark.generations
 WHERE projection = $1 AND generation = $2 AND status = 'active' AND commits = $3 FOR UPDATE`;

/** The generation's position is the lowest of its partitions', of which $4 and $5 name the one that moves. */
const MOVE_GENERATION = `
UPDATE tidemark.generations g
   SET position = greatest(g.position, low.position), events = g.events + $3,
       recorded_at = CASE WHEN low.position > g.position THEN low.recorded_at ELSE g.recorded_at END
  FROM (SELECT position, recorded_at
          FROM (SELECT position, recorded_at FROM tidemark.partition_checkpoints
                 WHERE projection = $1 AND generation = $2 AND NOT (topic = $4 AND partition = $5)
                 UNION ALL SELECT $6::text COLLATE "C", $7::timestamptz) every
         ORDER BY position LIMIT 1) low
 WHERE g.projection = $1 AND g.generation = $2
RETURNING g.position, g.recorded_at`;

const MOVE_PARTITION = `
UPDATE tidemark.partition_checkpoints SET position = $5, recorded_at = $6, commits = commits + 1
 WHERE projection = $1 AND generation = $2 AND topic = $3 AND partition = $4 AND commits = $7`;

interface PartitionState {
  partition: TopicPartition;
  position: Position;
  commits: bigint;
}

/**
 * The checkpoint of one partition of a published generation, which Kafka feeds. It is counted apart from the
 * generation's: the runners of other partitions move theirs at the same time.
 */
export class PartitionCheckpoint implements Checkpoint {
  private constructor(
    readonly generation: Generation,
    private readonly state: PartitionState,
  ) {}

  /** @throws CheckpointMovedError when Kafka does not feed the generation any more */
  static async read(
    pool: Pool,
    generation: Generation,
    partition: TopicPartition,
  ): Promise<PartitionCheckpoint> {
    const { rows } = await pool.query<{ position: Position; commits: string }>(READ, [
      generation.projection,
      generation.generation,
      partition.topic,
      partition.partition,
    ]);
    const [row] = rows;
    if (!row) throw new CheckpointMovedError(`${generation.projection} is not fed from Kafka any more`);
    const { position, commits } = row;
    return new PartitionCheckpoint(generation, { partition, position, commits: BigInt(commits) });
  }

  get position(): Position {
    return this.state.position;
  }

  unseen(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    // They are in order, and mostly all new: comparing each would cost as much as folding some.
    const [first] = events;
    if (first === undefined || first.position > this.position) return events;
    return events.filter((event) => event.position > this.position);
  }

  async advance(client: ProjectionClient, step: CheckpointStep): Promise<PartitionCheckpoint> {
    const { projection, generation, commits } = this.generation;
    const { topic, partition } = this.state.partition;
    const to = [step.position, new Date(step.recordedAt)];
    const locked = await client.query({
      name: 'lock-generation',
      text: LOCK_GENERATION,
      values: [projection, generation, commits.toString()],
    });
    const movedGeneration = await client.query<{ position: Position; recorded_at: Date | null }>({
      name: 'move-generation',
      text: MOVE_GENERATION,
      values: [projection, generation, step.events, topic, partition, ...to],
    });
    const movedPartition = await client.query({
      name: 'move-partition',
      text: MOVE_PARTITION,
      values: [projection, generation, topic, partition, ...to, this.state.commits.toString()],
    });
    const [row] = movedGeneration.rows;
    if (!row || locked.rowCount !== 1 || movedPartition.rowCount !== 1) {
      throw new CheckpointMovedError(
        `${projection} generation ${generation}, ${topic} ${partition}, was moved by another process`,
      );
    }
    return new PartitionCheckpoint(
      { ...this.generation, position: row.position, recordedAt: row.recorded_at },
      { ...this.state, position: step.position, commits: this.state.commits + 1n },
    );
  }
}
