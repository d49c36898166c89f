import type { EventType, EventTypes } from '../domain/events';
import type { Position } from './position';

export interface EventMetadata {
  /** of the data; events that were read have the newest version of their type */
  schemaVersion: number;
  /** shared by everything that one request has caused */
  correlationId: string;
  /** id of the message that caused this event */
  causationId: string;
  /** the client's key; with `inputDigest` it makes a command idempotent */
  idempotencyKey?: string;
  /** SHA-256 (hex) of the command's canonical input */
  inputDigest?: string;
  /** who asked */
  actor?: string;
}

/** An event to append. `data` may be any JSON value; domain/events.ts has the shapes of the domain. */
export interface NewEvent {
  /** lower-case UUID */
  id: string;
  type: string;
  data: unknown;
  metadata: EventMetadata;
  /** business time, Unix milliseconds */
  occurredAt: number;
}

interface Recorded<T extends string, D> {
  id: string;
  type: T;
  stream: string;
  /** 0, 1, 2 ... within the stream */
  revision: number;
  position: Position;
  /** business time, Unix milliseconds */
  occurredAt: number;
  /** when the store wrote it, Unix milliseconds */
  recordedAt: number;
  data: D;
  metadata: EventMetadata;
}

/** An event that was read from the log, upcast to the newest shape. Narrow it by `type`. */
export type RecordedEvent<T extends EventType = EventType> = { [K in T]: Recorded<K, EventTypes[K]> }[T];
