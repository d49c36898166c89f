import { DuckDBMapValue, type DuckDBValue } from '@duckdb/node-api';
import { DAY_MS } from '../../domain/calendar';
import { asNumberWhereExact, parseDecimal } from '../../domain/decimal';
import type { FileMetrics } from '../columns/file-metrics';
import { type ColumnType, type Value, valueId } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';
import { identifier } from './duckdb-schema';

/**
 * A Parquet file on the disk. A bound is absent where all values of its column are null, and where DuckDB
 * gives none: of some texts beyond 256 bytes. The upper bound of such a text is its beginning, rounded up.
 */
export interface WrittenFile extends FileMetrics {
  /** local path */
  path: string;
}

/** The statistics of a column that COPY gives with RETURN_STATS, by name. */
type ColumnStatistics = ReadonlyMap<string, string>;

/** The statistics of a file that COPY gives with RETURN_STATS. */
export interface CopyStatistics {
  count: number;
  bytes: number;
  /** by quoted path, such as `"order_id"` and `"product_ids"."element"` */
  columns: ReadonlyMap<string, ColumnStatistics>;
}

/** Reads the row that COPY gives with RETURN_STATS. @throws Error when it has no statistics */
export function copyStatistics(row: Record<string, DuckDBValue> | undefined): CopyStatistics {
  const { count, file_size_bytes: bytes, column_statistics: columns } = row ?? {};
  if (!(columns instanceof DuckDBMapValue)) throw new Error('DuckDB gave no statistics of a file');
  const entriesOf = ({ entries }: DuckDBMapValue) =>
    entries.map(({ key, value }) => [String(key), value] as const);
  return {
    count: Number(count),
    bytes: Number(bytes),
    columns: new Map(
      entriesOf(columns).map(([path, statistics]) => [
        path,
        new Map(entriesOf(statistics as DuckDBMapValue).map(([name, value]) => [name, String(value)])),
      ]),
    ),
  };
}

export function writtenFile(
  dataset: Dataset,
  path: string,
  { count, bytes, columns }: CopyStatistics,
): WrittenFile {
  const [columnSizes, valueCounts, nullCounts] = [new Map(), new Map(), new Map()];
  const [lower, upper] = [new Map(), new Map()];
  for (const column of dataset.columns) {
    const { name, type } = column;
    const statistics = columns.get(type.kind === 'list' ? `${identifier(name)}."element"` : identifier(name));
    if (statistics === undefined) throw new Error(`DuckDB gave no statistics of ${dataset.name}.${name}`);
    const id = valueId(column);
    const set = <T>(map: Map<number, T>, key: string, read: (text: string) => T) => {
      const text = statistics.get(key);
      if (text !== undefined) map.set(id, read(text));
    };
    set(columnSizes, 'column_size_bytes', Number);
    set(valueCounts, 'num_values', Number);
    set(nullCounts, 'null_count', Number);
    set(lower, 'min', (text) => readBound(text, type));
    set(upper, 'max', (text) => readBound(text, type));
  }
  return { path, recordCount: count, fileSize: bytes, columnSizes, valueCounts, nullCounts, lower, upper };
}

/** Turns a bound that DuckDB has written into a value as rows hold it. */
function readBound(text: string, type: ColumnType): Value {
  switch (type.kind) {
    case 'string':
    case 'list':
      return text;
    case 'int':
      return Number(text);
    case 'long':
      return asNumberWhereExact(BigInt(text));
    case 'boolean':
      return text === '1';
    case 'date':
      return Date.parse(text) / DAY_MS;
    case 'timestamptz':
      return Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
    case 'decimal': {
      const decimal = parseDecimal(text, type.scale);
      if (decimal === undefined) throw new Error(`DuckDB gave a bound that is no decimal: ${text}`);
      return asNumberWhereExact(BigInt(decimal.coefficient) * 10n ** BigInt(type.scale - decimal.scale));
    }
  }
}
