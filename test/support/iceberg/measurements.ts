import type { ColumnType, Row } from '../../../src/lake/columns/table-definition';
import type { Dataset, DatasetColumn } from '../../../src/lake/datasets/dataset';
import { given } from '../../../src/lake/datasets/sql/envelope';

/** A column whose values stand in the row under its own name. */
export const column = (id: number, name: string, type: ColumnType, nullable = false): DatasetColumn => ({
  id,
  name,
  type,
  nullable,
  doc: `the ${name}`,
  value: given(name),
});

/** A dataset with a column of every type, partitioned by a text and by months. */
export const measurements: Dataset = {
  name: 'measurements',
  doc: 'Measurements, one a row.',
  columns: [
    column(1, 'id', { kind: 'string' }),
    column(2, 'kind', { kind: 'string' }),
    column(3, 'day', { kind: 'date' }),
    column(4, 'at', { kind: 'timestamptz' }),
    column(5, 'amount', { kind: 'decimal', precision: 18, scale: 4 }),
    column(6, 'rate', { kind: 'decimal', precision: 25, scale: 10 }, true),
    column(7, 'count', { kind: 'int' }, true),
    column(8, 'big', { kind: 'long' }, true),
    column(9, 'good', { kind: 'boolean' }),
    column(10, 'tags', { kind: 'list', elementId: 1010 }, true),
  ],
  partitionBy: [
    { column: 'kind', transform: 'identity' },
    { column: 'day', transform: 'month' },
  ],
  key: ['id'],
};

const DAY_MS = 86_400_000;

/** Row `n`, the same for the same arguments. @param month 0 is January 2010 */
export function measurement(n: number, kind = 'a', month = 0): Row {
  const at = Date.UTC(2010, month, 1 + (n % 28), 12, 0, 0, 5);
  return {
    id: `measurement-with-a-long-id-${n}`,
    kind,
    day: Math.floor(at / DAY_MS),
    at,
    amount: n % 2 === 0 ? n * 12_345 : BigInt(-n * 12_345),
    rate: n % 3 === 0 ? null : 123_456_789_012_345_678_901n + BigInt(n),
    count: n % 5 === 0 ? null : n,
    big: n % 7 === 0 ? null : 4_000_000_000 + n,
    good: n % 2 === 0,
    tags: n % 4 === 0 ? null : ['tag', `tag-${n}`],
  };
}
