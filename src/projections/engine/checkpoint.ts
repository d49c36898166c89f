import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { ProjectionClient } from '../projection';
import type { Generation } from './generations';

/** Where a transaction brings a checkpoint. */
export interface CheckpointStep {
  position: Position;
  /** of the event at `position`, Unix milliseconds */
  recordedAt: number;
  /** events that the transaction folds */
  events: number;
}

/**
 * Up to where a generation, or one partition of it, has the log in its tables. A checkpoint is a value: the
 * next one takes its place when the transaction that moved it has committed.
 */
export interface Checkpoint {
  /** whose tables it is about, as its row was at the last commit */
  readonly generation: Generation;
  /** Everything up to here is in the tables. */
  readonly position: Position;

  /** The events that are not in the tables yet; a batch may be delivered again. */
  unseen(events: readonly RecordedEvent[]): readonly RecordedEvent[];

  /**
   * Moves the checkpoint in the transaction that writes the rows, by compare-and-set on a commit counter that
   * every change of the tables raises. So a second runner, a redelivered batch, or a switch that happened
   * meanwhile applies nothing twice.
   * @returns the checkpoint as it is once the transaction has committed
   * @throws CheckpointMovedError when somebody else has changed the tables: the transaction must roll back
   */
  advance(client: ProjectionClient, step: CheckpointStep): Promise<Checkpoint>;
}
