import type { Pool } from 'pg';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { type Columns, type ColumnType, namesOf, type Row, type Table } from '../postgres/table';

/** A change of a row of a read model that an event caused. */
export interface ReadModelChange {
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
export interface ReadModelChanges {
  changes: ReadModelChange[];
  through: Position;
}

export interface ChangeSource {
  pool: Pool;
  store: EventStore;
}

/** One kind of change, and where it is read. */
export interface ReadModelChangeKind {
  /** of its CloudEvents */
  type: string;
  /** the projection whose published position is the end of what can be read */
  projection: string;
  /** The next changes beyond `after`, up to `published` at most: a bounded number of them. */
  read(source: ChangeSource, after: Position, published: Position): Promise<ReadModelChanges>;
}

/** Most events or rows that are read, and records that are sent, at once. */
export const BATCH_SIZE = 500;

interface RowChanges<C extends Columns & PositionColumn>
  extends Pick<ReadModelChangeKind, 'type' | 'projection'> {
  /** of the published read model */
  table: Table<C>;
  toChange(row: Row<C>): Omit<ReadModelChange, 'position'>;
}

interface PositionColumn {
  position: ColumnType<Position, Position>;
}

/** A kind of change that has a row of its own for each event it comes from. */
export function rowChanges<C extends Columns & PositionColumn>(kind: RowChanges<C>): ReadModelChangeKind {
  const { type, projection, table, toChange } = kind;
  const next = `
SELECT ${namesOf(table.columns)} FROM read.${table.name}
 WHERE position > $1 AND position <= $2 ORDER BY position LIMIT ${BATCH_SIZE}`;
  return {
    type,
    projection,
    async read({ pool }, after, published) {
      const { rows } = await pool.query<Row<C> & { position: Position }>(next, [after, published]);
      const changes = rows.map((row) => ({ ...toChange(row), position: row.position }));
      const last = changes.length === BATCH_SIZE ? changes.at(-1) : undefined;
      return { changes, through: last?.position ?? published };
    },
  };
}
