import { hash } from 'node:crypto';
import type { Column, Row, Value } from '../../lake/columns/table-definition';
import type { Dataset } from '../../lake/datasets/dataset';
import { type Dialect, instant } from '../model/dialect';

/**
 * The digest of a row covers every column of the dataset, so a column that is added later is compared from
 * its first day on. TypeScript and SQL make the same text of a row; its digest is the first 48 bits of the
 * MD5.
 */

/** A separator that no text of a shop contains. */
const SEPARATOR = '\u001f';
const NULL = '-';
/** Hexadecimal digits of 48 bits. */
const DIGITS = 12;

/** Makes a function for the digest of a row as an event makes it. */
export function rowDigest({ columns }: Dataset): (row: Row) => bigint {
  return (row) => {
    let text = '';
    for (const column of columns) text += SEPARATOR + cellText(column, row[column.name]);
    return BigInt(`0x${hash('md5', text).slice(0, DIGITS)}`);
  };
}

/** SQL for the digest of a row of a relation that has the columns of the dataset. */
export function rowDigestSql(dialect: Dialect, { columns }: Dataset): string {
  const cells = columns.map(
    (column) => `${SEPARATOR_SQL} || COALESCE('=' || ${cellSql(dialect, column)}, ${dialect.literal(NULL)})`,
  );
  return dialect.digest(cells.join(' || '));
}

const SEPARATOR_SQL = `CHR(${SEPARATOR.charCodeAt(0)})`;

function cellText({ type }: Column, value: Value | undefined): string {
  if (value === null || value === undefined) return NULL;
  // Milliseconds to microseconds as text: BigInt takes ten times as long.
  if (type.kind === 'timestamptz') return value === 0 ? '=0' : `=${value}000`;
  return `=${Array.isArray(value) ? value.join(SEPARATOR) : value}`;
}

/**
 * Whole numbers only, whose text depends on no session: days and microseconds since 1970, decimals without
 * their point.
 */
function cellSql(dialect: Dialect, { name, type }: Column): string {
  const text = (whole: string) => `CAST(${whole} AS VARCHAR)`;
  switch (type.kind) {
    case 'string':
      return name;
    case 'int':
    case 'long':
      return text(name);
    case 'boolean':
      return `CASE WHEN ${name} THEN 'true' WHEN NOT ${name} THEN 'false' END`;
    case 'date':
      return text(`DATEDIFF('day', DATE '1970-01-01', ${name})`);
    case 'timestamptz':
      return text(`DATEDIFF('microsecond', ${instant(dialect, '1970-01-01T00:00:00.000Z')}, ${name})`);
    case 'decimal': {
      const wide = (scale: number) => dialect.type({ kind: 'decimal', precision: 38, scale });
      return text(`CAST(CAST(${name} AS ${wide(type.scale)}) * ${10 ** type.scale} AS ${wide(0)})`);
    }
    case 'list':
      return `ARRAY_TO_STRING(${name}, ${SEPARATOR_SQL})`;
  }
}
