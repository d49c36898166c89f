import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';

/** What a read model shows differently since an event. */
export interface Change {
  /** id of the order or customer: the record's key */
  subject: string;
  /** of the event that the change comes from */
  position: Position;
  /** business time of that event, Unix milliseconds */
  at: number;
  /** any JSON value */
  data: object;
}

/** Changes in order of position, and the position up to which there are no others. */
export interface Changes {
  changes: Change[];
  through: Position;
}

export interface ChangeSource {
  pool: Pool;
  store: EventStore;
}

/** One kind of change, and where it is read. */
export interface ChangeKind {
  /** of its CloudEvents */
  type: string;
  /** the projection whose published position is the end of what can be read */
  projection: string;
  /** The next changes beyond `after`, up to `published` at most: a bounded number of them. */
  read(source: ChangeSource, after: Position, published: Position): Promise<Changes>;
}

/** Most events or rows that are read, and records that are sent, at once. */
export const BATCH_SIZE = 500;

/** What a read of at most BATCH_SIZE changes in order of position says. */
export const changesUpTo = (changes: Change[], published: Position): Changes => ({
  changes,
  through: changes.length === BATCH_SIZE ? (changes.at(-1)?.position ?? published) : published,
});
