import type { AppendedColumn, ColumnKind } from '../../duckdb/column-appender';
import type { ColumnBatch } from '../../event-store/event-store';

interface LogColumn {
  name: string;
  kind: ColumnKind;
  of(batch: ColumnBatch): AppendedColumn;
}

/** The columns of the table `log`, which the datasets' SQL reads. Times are microseconds since 1970. */
export const LOG_COLUMNS: readonly LogColumn[] = [
  { name: 'position', kind: 'text', of: ({ positions }) => positions },
  { name: 'id', kind: 'text', of: ({ ids }) => ids },
  { name: 'stream', kind: 'text', of: ({ streams }) => streams },
  { name: 'revision', kind: 'int', of: ({ revisions }) => revisions },
  { name: 'type', kind: 'text', of: ({ types }) => types },
  { name: 'occurred_at', kind: 'long', of: ({ occurredAt }) => occurredAt },
  { name: 'recorded_at', kind: 'long', of: ({ recordedAt }) => recordedAt },
  { name: 'data', kind: 'text', of: ({ data }) => data },
  { name: 'metadata', kind: 'text', of: ({ metadata }) => metadata },
];

const TYPES: Record<ColumnKind, string> = { text: 'VARCHAR', int: 'INTEGER', long: 'BIGINT' };

/** Makes the table, empty. */
export const LOG_TABLE = `CREATE TABLE log(${LOG_COLUMNS.map(
  ({ name, kind }) => `${name} ${TYPES[kind]}`,
).join(', ')})`;
