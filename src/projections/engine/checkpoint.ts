import type { Position } from '../../event-store/position';
import type { PartitionEnd } from '../../feed/partition-batch';
import type { ProjectionClient } from '../projection';
import type { Generation } from './generations';

/** Where a transaction brings a checkpoint. */
export interface CheckpointStep {
  position: Position;
  /** of the event at `position`, Unix milliseconds */
  recordedAt: number;
  /** events that the transaction folds */
  events: number;
  /** Where Kafka feeds: each partition moves to its own end, but no further than `position`. */
  ends?: readonly PartitionEnd[];
}

/**
 * Up to where a generation, or some partitions of it, have the log in their tables. A checkpoint is a value:
 * the next one takes its place when the transaction that moved it has committed.
 */
export interface Checkpoint<Self> {
  /** whose tables it is about, as its row was at the last commit */
  readonly generation: Generation;
  /**
   * Moves the checkpoint in the transaction that writes the rows, by compare-and-set on a commit counter that
   * every change of the tables raises. So a second runner, a redelivered batch, or a switch that happened
   * meanwhile applies nothing twice.
   * @returns the checkpoint as it is once the transaction has committed
   * @throws CheckpointMovedError when somebody else has changed the tables: the transaction must roll back
   */
  advance(client: ProjectionClient, step: CheckpointStep): Promise<Self>;
}
