import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, ColumnType, Row, Value } from '../../../src/lake/columns/table-definition';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import type { DataFile } from '../../../src/lake/iceberg/data-file';
import type { ObjectStore } from '../../../src/lake/object-store/object-store';
import { formatUnscaled } from './format-row';

/** Writes rows of one partition as a Parquet file. @returns what a commit has to know of it */
export async function putParquet(
  store: ObjectStore,
  dataset: Dataset,
  name: string,
  rows: readonly Row[],
): Promise<DataFile> {
  const partition = partitionValues(dataset, rows[0]!);
  const folders = dataset.partitionBy.map(({ column }, index) => `${column}=${partition[index]}`);
  const path = [dataset.name, 'data', ...folders, `${name}.parquet`].join('/');
  const local = join(tmpdir(), `tidemark-${randomUUID()}.parquet`);
  try {
    await copyToParquet(dataset, rows, local);
    await store.putFileIfAbsent(path, local);
    return {
      path,
      partition,
      recordCount: rows.length,
      fileSize: (await stat(local)).size,
      ...metrics(dataset, rows),
    };
  } finally {
    await rm(local, { force: true });
  }
}

async function copyToParquet({ columns }: Dataset, rows: readonly Row[], path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const tuples = rows.map(
      (row) => `(${columns.map((column) => literal(column, row[column.name]!)).join(', ')})`,
    );
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    const ids = columns.map(({ id, name, type }) =>
      type.kind === 'list'
        ? `"${name}": {__duckdb_field_id: ${id}, element: ${type.elementId}}`
        : `"${name}": ${id}`,
    );
    await connection.run(
      `COPY (SELECT * FROM (VALUES ${tuples.join(', ')}) AS t(${names}))
       TO '${path}' (FORMAT parquet, COMPRESSION zstd, FIELD_IDS {${ids.join(', ')}})`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function literal({ type }: Column, value: Value): string {
  const sqlType = sqlTypeOf(type);
  if (value === null) return `NULL::${sqlType}`;
  switch (type.kind) {
    case 'string':
      return `'${String(value).replaceAll("'", "''")}'`;
    case 'list':
      return `[${(value as string[]).map((item) => `'${item}'`).join(', ')}]::${sqlType}`;
    case 'date':
      return `DATE '1970-01-01' + ${value}`;
    case 'timestamptz':
      return `make_timestamptz(${value} * 1000)`;
    case 'decimal':
      return `'${formatUnscaled(BigInt(value as number | bigint), type.scale)}'::${sqlType}`;
    default:
      return `${value}::${sqlType}`;
  }
}

function sqlTypeOf(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'list':
      return 'VARCHAR[]';
    case 'string':
      return 'VARCHAR';
    case 'long':
      return 'BIGINT';
    default:
      return type.kind;
  }
}

function partitionValues(dataset: Dataset, row: Row): Value[] {
  return dataset.partitionBy.map(({ column, transform }) => {
    const value = row[column]!;
    return transform === 'month' ? monthsSinceEpoch(value as number) : value;
  });
}

function monthsSinceEpoch(day: number): number {
  const date = new Date(day * 86_400_000);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function metrics({ columns }: Dataset, rows: readonly Row[]) {
  const columnSizes = new Map<number, number>();
  const valueCounts = new Map<number, number>();
  const nullCounts = new Map<number, number>();
  const lower = new Map<number, Value>();
  const upper = new Map<number, Value>();
  for (const { id, name, type } of columns) {
    const key = type.kind === 'list' ? type.elementId : id;
    const values = rows.flatMap((row): Value[] =>
      type.kind === 'list' ? [...((row[name] as string[] | null) ?? [])] : [row[name]!],
    );
    const known = values.filter((value) => value !== null);
    columnSizes.set(key, 100);
    valueCounts.set(key, values.length);
    nullCounts.set(key, values.length - known.length);
    if (known.length === 0) continue;
    lower.set(
      key,
      known.reduce((a, b) => (b! < a! ? b : a)),
    );
    upper.set(
      key,
      known.reduce((a, b) => (b! > a! ? b : a)),
    );
  }
  return { columnSizes, valueCounts, nullCounts, lower, upper };
}
