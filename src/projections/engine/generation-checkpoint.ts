import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { ProjectionClient } from '../projection';
import type { Checkpoint, CheckpointStep } from './checkpoint';
import { CheckpointMovedError } from './errors';
import { findGeneration, type Generation } from './generations';
import { PartitionPositions } from './partition-positions';

const MOVE = `
UPDATE tidemark.generations
   SET position = $1, recorded_at = $2, events = events + $3, commits = commits + 1
 WHERE projection = $4 AND generation = $5 AND status = $6 AND commits = $7`;

/**
 * The checkpoint of a whole generation, which the event store feeds. Where Kafka fed it before, its
 * partitions are at different positions. Events that a partition has already are left out. Moving the
 * checkpoint takes the partition over from its runner, which finds its own checkpoint moved.
 */
export class GenerationCheckpoint implements Checkpoint<GenerationCheckpoint> {
  private constructor(
    readonly generation: Generation,
    private readonly partitions: PartitionPositions,
  ) {}

  /**
   * Reads the checkpoint of a generation.
   * @throws CheckpointMovedError when the generation was dropped
   */
  static async read(
    client: ProjectionClient,
    projection: string,
    generation: number,
  ): Promise<GenerationCheckpoint> {
    const found = await findGeneration(client, projection, generation);
    if (!found) throw new CheckpointMovedError(`${projection} generation ${generation} is gone`);
    return GenerationCheckpoint.at(client, found);
  }

  /** The checkpoint as it was when `generation` was read. */
  static async at(client: ProjectionClient, generation: Generation): Promise<GenerationCheckpoint> {
    return new GenerationCheckpoint(generation, await PartitionPositions.load(client, generation));
  }

  /** Everything up to here is in the tables. */
  get position(): Position {
    return this.generation.position;
  }

  /** The events that are not in the tables yet; a batch may be delivered again. */
  unseen(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const [first] = events;
    const isNew = !this.partitions.any && (!first || first.position > this.position);
    if (isNew) return events;
    return events.filter((event) => event.position > this.partitions.passed(event, this.position));
  }

  async advance(client: ProjectionClient, step: CheckpointStep): Promise<GenerationCheckpoint> {
    const { projection, generation, status, commits } = this.generation;
    const { position, events } = step;
    const recordedAt = new Date(step.recordedAt);
    const { rowCount } = await client.query({
      name: 'move-checkpoint',
      text: MOVE,
      values: [position, recordedAt, events, projection, generation, status, commits.toString()],
    });
    if (rowCount !== 1) {
      throw new CheckpointMovedError(`${projection} generation ${generation} was moved by another process`);
    }
    if (this.partitions.any) await this.partitions.bringTo(client, this.generation, step);
    const moved = {
      ...this.generation,
      position,
      recordedAt,
      events: this.generation.events + events,
      commits: commits + 1n,
    };
    return new GenerationCheckpoint(moved, this.partitions.after(position));
  }
}
