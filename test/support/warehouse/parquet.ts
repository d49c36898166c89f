import { open, rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, Row, Value } from '../../../src/lake/columns/table-definition';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import { duckDbDialect } from '../../../src/warehouse/sql/duckdb.dialect';

const DAY_MS = 86_400_000;

/** One for all files of a process: to open another costs more than to write a small file. */
let instance: Promise<DuckDBInstance> | undefined;

/** Writes rows of a dataset to a Parquet file, by DuckDB from JSON, without any code of the exporter. */
export async function writeParquet(
  dataset: Dataset,
  rows: Iterable<Row> | AsyncIterable<Row>,
  path: string,
): Promise<number> {
  const json = `${path}.json`;
  const count = await writeJson(dataset, rows, json);
  instance ??= DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await (await instance).connect();
  try {
    await connection.run(
      `COPY (${rowsInJson(dataset, json)}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.closeSync();
    await rm(json);
  }
  return count;
}

/** A query of the rows that `writeJson` wrote, in their order. */
export function rowsInJson({ columns }: Dataset, path: string): string {
  const types = columns.map(({ name, type }) => `"${name}": '${duckDbDialect.type(type)}'`).join(', ');
  return `SELECT * FROM read_json('${path}', format = 'newline_delimited', columns = {${types}})`;
}

/** Writes rows of a dataset to a file that DuckDB reads. @returns their number */
export async function writeJson(
  { columns }: Dataset,
  rows: Iterable<Row> | AsyncIterable<Row>,
  path: string,
): Promise<number> {
  const file = await open(path, 'w');
  let count = 0;
  try {
    let lines: string[] = [];
    for await (const row of rows) {
      lines.push(toLine(columns, row));
      count += 1;
      if (lines.length === 5_000) {
        await file.write(lines.join(''));
        lines = [];
      }
    }
    await file.write(lines.join(''));
  } finally {
    await file.close();
  }
  return count;
}

function toLine(columns: readonly Column[], row: Row): string {
  const cells = columns.map((column) => [column.name, asJson(column, row[column.name] ?? null)]);
  return `${JSON.stringify(Object.fromEntries(cells))}\n`;
}

function asJson({ type }: Column, value: Value): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'date':
      return new Date(Number(value) * DAY_MS).toISOString().slice(0, 10);
    case 'timestamptz':
      return new Date(Number(value)).toISOString();
    case 'long':
      return String(value);
    case 'decimal':
      return decimal(BigInt(value as number | bigint), type.scale);
    default:
      return value;
  }
}

function decimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
