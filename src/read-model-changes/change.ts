import type { Pool } from 'pg';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';

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

export interface RowChanges<Row> extends Pick<ChangeKind, 'type' | 'projection'> {
  /** SELECT and FROM; of the columns one is `position` */
  select: string;
  toChange(row: Row): Omit<Change, 'position'>;
}

/** A kind of change that has a row of its own for each event it comes from. */
export function rowChanges<Row extends { position: Position }>(kind: RowChanges<Row>): ChangeKind {
  const { type, projection, select, toChange } = kind;
  const next = `${select} WHERE position > $1 AND position <= $2 ORDER BY position LIMIT ${BATCH_SIZE}`;
  return {
    type,
    projection,
    async read({ pool }, after, published) {
      const { rows } = await pool.query<Row>(next, [after, published]);
      const changes = rows.map((row) => ({ ...toChange(row), position: row.position }));
      const last = changes.length === BATCH_SIZE ? changes.at(-1) : undefined;
      return { changes, through: last?.position ?? published };
    },
  };
}
