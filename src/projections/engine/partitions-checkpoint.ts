import type { Pool } from 'pg';
import type { Position } from '../../event-store/position';
import { nameOf, type TopicPartition } from '../../feed/topic-partitions';
import { int4Array, int8Array, textArray, timestamptzArray } from '../../postgres/columns';
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

const MOVE_PARTITIONS = `
UPDATE tidemark.partition_checkpoints c
   SET position = m.position, recorded_at = m.recorded_at, commits = c.commits + 1
  FROM unnest($3::text[], $4::int4[], $5::text[], $6::timestamptz[], $7::int8[])
       AS m(topic, partition, position, recorded_at, commits)
 WHERE c.projection = $1 AND c.generation = $2
   AND c.topic = m.topic AND c.partition = m.partition AND c.commits = m.commits`;

/** The generation's position is the lowest of its partitions'. */
const MOVE_GENERATION = `
UPDATE tidemark.generations g
   SET position = greatest(g.position, low.position), events = g.events + $3,
       recorded_at = CASE WHEN low.position > g.position THEN low.recorded_at ELSE g.recorded_at END
  FROM (SELECT position, recorded_at FROM tidemark.partition_checkpoints
         WHERE projection = $1 AND generation = $2 ORDER BY position LIMIT 1) low
 WHERE g.projection = $1 AND g.generation = $2
RETURNING g.position, g.recorded_at`;

interface PartitionState {
  partition: TopicPartition;
  position: Position;
  commits: bigint;
}

interface MovedPartition extends PartitionState {
  /** of the event at `position`, Unix milliseconds */
  recordedAt: number;
}

/**
 * The checkpoints of some partitions of a published generation, which Kafka feeds. They are counted apart
 * from the generation's: the runners of other partitions move theirs at the same time.
 */
export class PartitionsCheckpoint implements Checkpoint<PartitionsCheckpoint> {
  private constructor(
    readonly generation: Generation,
    private readonly states: ReadonlyMap<string, PartitionState>,
  ) {}

  /** That of no partition. */
  static of(generation: Generation): PartitionsCheckpoint {
    return new PartitionsCheckpoint(generation, new Map());
  }

  /**
   * Reads the checkpoint of a partition, too.
   * @throws CheckpointMovedError when Kafka does not feed the generation any more
   */
  async with(pool: Pool, partition: TopicPartition): Promise<PartitionsCheckpoint> {
    const { generation, states } = this;
    const { rows } = await pool.query<{ position: Position; commits: string }>(READ, [
      generation.projection,
      generation.generation,
      partition.topic,
      partition.partition,
    ]);
    const [row] = rows;
    if (!row) throw new CheckpointMovedError(`${generation.projection} is not fed from Kafka any more`);
    const state = { partition, position: row.position, commits: BigInt(row.commits) };
    return new PartitionsCheckpoint(generation, new Map(states).set(nameOf(partition), state));
  }

  /** Everything of a partition up to here is in the tables; undefined: its checkpoint was not read. */
  positionOf(partition: TopicPartition): Position | undefined {
    return this.states.get(nameOf(partition))?.position;
  }

  async advance(client: ProjectionClient, step: CheckpointStep): Promise<PartitionsCheckpoint> {
    const { projection, generation, commits } = this.generation;
    const moved = this.moved(step);
    const locked = await client.query({
      name: 'lock-generation',
      text: LOCK_GENERATION,
      values: [projection, generation, commits.toString()],
    });
    const movedPartitions = await client.query({
      name: 'move-partitions',
      text: MOVE_PARTITIONS,
      values: [
        projection,
        generation,
        textArray(moved.map(({ partition }) => partition.topic)),
        int4Array(moved.map(({ partition }) => partition.partition)),
        textArray(moved.map(({ position }) => position)),
        timestamptzArray(moved.map(({ recordedAt }) => recordedAt)),
        int8Array(moved.map((state) => state.commits)),
      ],
    });
    const movedGeneration = await client.query<{ position: Position; recorded_at: Date | null }>({
      name: 'move-generation',
      text: MOVE_GENERATION,
      values: [projection, generation, step.events],
    });
    const [row] = movedGeneration.rows;
    if (!row || locked.rowCount !== 1 || movedPartitions.rowCount !== moved.length) {
      const names = moved.map(({ partition }) => nameOf(partition)).join(', ');
      throw new CheckpointMovedError(
        `${projection} generation ${generation}, ${names}, was moved by another process`,
      );
    }
    const states = new Map(this.states);
    for (const { partition, position, commits: before } of moved)
      states.set(nameOf(partition), { partition, position, commits: before + 1n });
    return new PartitionsCheckpoint(
      { ...this.generation, position: row.position, recordedAt: row.recorded_at },
      states,
    );
  }

  /** The partitions that a step moves, and where to. */
  private moved({ ends = [], position: limit, recordedAt: limitAt }: CheckpointStep): MovedPartition[] {
    return ends.flatMap(({ through, throughRecordedAt, ...at }) => {
      const state = this.states.get(nameOf(at));
      if (!state) throw new Error(`The checkpoint of ${nameOf(at)} was not read`);
      const isWhole = through <= limit;
      const [position, recordedAt] = isWhole ? [through, throughRecordedAt] : [limit, limitAt];
      return position > state.position ? [{ ...state, position, recordedAt }] : [];
    });
  }
}
