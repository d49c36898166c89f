import type { Result } from '../domain/failures';
import type { Position } from '../event-store/position';

/** What every command's input says beside its own fields. */
export interface CommandInput {
  /**
   * The client's name for this request, 1 to 200 printable characters; it is scoped to the stream that it
   * writes to.
   */
  idempotencyKey: string;
  /** The stream's revision that the client has seen; without one a lost race is retried inside. */
  expectedRevision?: number | null;
}

/** Where a command comes from. */
export interface CommandMeta {
  correlationId?: string;
  causationId?: string;
  actor?: string;
}

export interface Accepted<S> {
  /** that the command wrote to */
  stream: string;
  /** as of the command's own event, also when it is a duplicate */
  state: S;
  /** of the command's last event */
  revision: number;
  /** of the command's last event: a consistency token */
  position: Position;
  /** the same command was accepted before, and this is its result */
  duplicate: boolean;
}

/**
 * A command is accepted, or refused for a typed reason. A failure that no decider chose is thrown: the
 * store is away.
 */
export type CommandResult<S> = Result<Accepted<S>>;
