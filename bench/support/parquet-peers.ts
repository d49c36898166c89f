import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, Row, Value } from '../../src/lake/columns/table-definition';
import { orderLines } from '../../src/lake/datasets/order-lines.dataset';
import { type Measurement, plain } from './bench';
import { orderLineRows } from './order-line-rows';
import { requirePeer } from './peer';

const DAY_MS = 86_400_000;

/** What this file uses of @dsnp/parquetjs. */
interface ParquetJs {
  ParquetSchema: new (fields: Record<string, object>) => object;
  ParquetWriter: {
    openFile(
      schema: object,
      path: string,
    ): Promise<{ appendRow(row: object): Promise<void>; close(): Promise<void> }>;
  };
}

/** What this file uses of apache-arrow. */
interface Arrow {
  vectorFromArray(values: unknown[], type: object): unknown;
  Table: new (columns: Record<string, unknown>) => object;
  tableToIPC(table: object, kind: 'stream'): Uint8Array;
  Utf8: new () => object;
  Int32: new () => object;
  DateDay: new () => object;
  TimestampMillisecond: new (zone: string) => object;
  Decimal: new (scale: number, precision: number, bits: 128) => object;
}

/** What this file uses of parquet-wasm. */
interface ParquetWasm {
  Table: { fromIPCStream(stream: Uint8Array): object };
  Compression: { ZSTD: number };
  WriterPropertiesBuilder: new () => { setCompression(of: number): { build(): object } };
  writeParquet(table: object, properties: object): Uint8Array;
}

/** Rows of order_lines into one file with each of the libraries that Node has for it. */
export async function parquetPeers(lines: number, folder: string): Promise<Measurement[]> {
  const rows = [...orderLineRows(lines)].flat();
  const js = await byParquetJs(rows, join(folder, 'parquetjs.parquet'));
  const wasm = await byParquetWasm(rows, join(folder, 'parquet-wasm.parquet'));
  return [js, wasm].flatMap(({ name, seconds, wrong }) => [
    plain(`${name}: rows into a file`, lines / seconds, 'rows/s'),
    plain(
      `${name}: amounts that are another in the file`,
      wrong,
      `of ${(3 * lines).toLocaleString('en-US')}`,
    ),
  ]);
}

interface Result {
  name: string;
  seconds: number;
  /** of gross, discount and net */
  wrong: number;
}

/** It makes decimals of floats, and truncates them. */
async function byParquetJs(rows: readonly Row[], path: string): Promise<Result> {
  const { module, version } = requirePeer<ParquetJs>('@dsnp/parquetjs');
  const fields = orderLines.columns.map(({ name, type, nullable }) => {
    const compression = 'SNAPPY';
    const kinds = { string: 'UTF8', int: 'INT32', date: 'DATE', timestamptz: 'TIMESTAMP_MILLIS' } as Record<
      string,
      string
    >;
    const field =
      type.kind === 'decimal'
        ? { type: 'DECIMAL', precision: Math.min(type.precision, 18), scale: type.scale }
        : { type: kinds[type.kind] };
    return [name, { ...field, optional: nullable, compression }] as const;
  });
  const startedAt = performance.now();
  const writer = await module.ParquetWriter.openFile(
    new module.ParquetSchema(Object.fromEntries(fields)),
    path,
  );
  for (const row of rows) {
    const converted: Record<string, unknown> = {};
    for (const { name, type } of orderLines.columns) {
      const value = row[name];
      if (value === null) continue;
      if (type.kind === 'decimal') converted[name] = Number(value) / 10 ** type.scale;
      else converted[name] = type.kind === 'date' ? new Date((value as number) * DAY_MS) : value;
    }
    await writer.appendRow(converted);
  }
  await writer.close();
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    name: `@dsnp/parquetjs ${version.replace('v', '')}`,
    seconds,
    wrong: await wrongAmounts(rows, path),
  };
}

/** It takes Arrow's columns, which apache-arrow makes of the rows. */
async function byParquetWasm(rows: readonly Row[], path: string): Promise<Result> {
  const { module, version } = requirePeer<ParquetWasm>('parquet-wasm', 'node/parquet_wasm.js');
  const { module: arrow } = requirePeer<Arrow>('apache-arrow');
  const startedAt = performance.now();
  const columns = orderLines.columns.map(
    (column) => [column.name, arrowColumn(arrow, column, rows)] as const,
  );
  const stream = arrow.tableToIPC(new arrow.Table(Object.fromEntries(columns)), 'stream');
  const properties = new module.WriterPropertiesBuilder().setCompression(module.Compression.ZSTD).build();
  await writeFile(path, module.writeParquet(module.Table.fromIPCStream(stream), properties));
  const seconds = (performance.now() - startedAt) / 1000;
  return { name: `parquet-wasm ${version}`, seconds, wrong: await wrongAmounts(rows, path) };
}

function arrowColumn(arrow: Arrow, { name, type }: Column, rows: readonly Row[]): unknown {
  const values = (convert: (value: Value) => unknown) =>
    rows.map((row) => (row[name] === null ? null : convert(row[name] as Value)));
  switch (type.kind) {
    case 'decimal':
      return arrow.vectorFromArray(
        values((value) => new Uint32Array(BigInt64Array.of(BigInt(value as number), 0n).buffer)),
        new arrow.Decimal(type.scale, type.precision, 128),
      );
    case 'timestamptz':
      return arrow.vectorFromArray(
        values((value) => value),
        new arrow.TimestampMillisecond('UTC'),
      );
    case 'date':
      return arrow.vectorFromArray(
        values((value) => new Date((value as number) * DAY_MS)),
        new arrow.DateDay(),
      );
    case 'int':
      return arrow.vectorFromArray(
        values((value) => value),
        new arrow.Int32(),
      );
    default:
      return arrow.vectorFromArray(
        values((value) => value),
        new arrow.Utf8(),
      );
  }
}

/** How many amounts of a file are not those of the rows. */
async function wrongAmounts(rows: readonly Row[], path: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT (gross * 10000)::BIGINT, (discount * 10000)::BIGINT, (net * 10000)::BIGINT FROM '${path}'`,
    );
    const read = reader.getRows();
    if (read.length !== rows.length) throw new Error(`${path} has ${read.length} rows, not ${rows.length}`);
    let wrong = 0;
    for (const [index, amounts] of read.entries()) {
      const { gross, discount, net } = rows[index] as Row;
      for (const [i, amount] of [gross, discount, net].entries())
        if (amounts[i] !== BigInt(amount as number)) wrong++;
    }
    return wrong;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
