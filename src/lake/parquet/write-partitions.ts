import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBMapValue } from '@duckdb/node-api';
import type { DuckDbRow, DuckDbSession } from '../../duckdb/duckdb';
import type { Value } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';
import { copyOptions } from './copy-options';
import { identifier, literal } from './duckdb-schema';
import { partitionFolder } from './partition';
import { copyStatistics, type WrittenFile, writtenFile } from './written-file';

/** A file of one partition. */
export interface WrittenPartition extends WrittenFile {
  /** a value for each field of `partitionBy` */
  partition: readonly Value[];
  /** the folder in a lake that the file belongs into, see `partitionFolder` */
  partitionFolder: string;
}

export interface WriteOptions {
  /** there are so many partitions at most; default: they are counted, which takes a tenth of the time */
  mostPartitions?: number;
  signal?: AbortSignal;
}

/** DuckDB keeps a buffer of each column for each partition of a COPY, half a megabyte altogether. */
const PARTITIONS_AT_ONCE = 100;

/**
 * Writes the rows of a query into a folder, a file for each partition, and within it in the order of the
 * query. All files lie in that one folder: making and removing hundreds of folders for every cut takes as
 * long as writing the files. After an error the folder is gone.
 * @param rows a query that gives the columns of the dataset
 * @throws the reason of `signal` when it is aborted before all files are written
 */
export async function writePartitions(
  session: DuckDbSession,
  dataset: Dataset,
  rows: string,
  folder: string,
  options: WriteOptions = {},
): Promise<WrittenPartition[]> {
  await mkdir(folder, { recursive: true });
  try {
    const written = dataset.partitionBy.length > 0 ? writeParts : writeWhole;
    return await written(session, dataset, rows, folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function writeWhole(
  session: DuckDbSession,
  dataset: Dataset,
  rows: string,
  folder: string,
  { signal }: WriteOptions,
): Promise<WrittenPartition[]> {
  const path = literal(join(folder, 'rows.parquet'));
  const options = `${copyOptions(dataset)}, WRITE_EMPTY_FILE false`;
  const files = await session.rows(`COPY (${rows}) TO ${path} (${options})`, signal);
  return files.map((file) => partOf(dataset, file, []));
}

async function writeParts(
  session: DuckDbSession,
  dataset: Dataset,
  rows: string,
  folder: string,
  { signal, mostPartitions = Number.POSITIVE_INFINITY }: WriteOptions,
): Promise<WrittenPartition[]> {
  const keys = dataset.partitionBy.map((_, index) => identifier(`=${index}`)).join(', ');
  const values = dataset.partitionBy.map((field, index) => `${valueSql(dataset, field)} AS "=${index}"`);
  const all = `SELECT *, ${values.join(', ')} FROM (${rows})`;
  const countPartitions = async () => {
    const sql = `SELECT count(*) AS n FROM (SELECT DISTINCT ${keys} FROM (${all}))`;
    return Number((await session.rows(sql, signal))[0]?.n);
  };
  const partitions = mostPartitions <= PARTITIONS_AT_ONCE ? 1 : await countPartitions();
  const portions = Math.ceil(partitions / PARTITIONS_AT_ONCE);
  const written: WrittenPartition[] = [];
  for (let portion = 0; portion < portions; portion++) {
    const some = portions === 1 ? all : `FROM (${all}) WHERE hash(${keys}) % ${portions} = ${portion}`;
    const options =
      `${copyOptions(dataset)}, PARTITION_BY (${keys}), WRITE_PARTITION_COLUMNS false, ` +
      `HIVE_FILE_PATTERN false, FILENAME_PATTERN 'rows_${portion}_{i}', OVERWRITE_OR_IGNORE true`;
    const files = await session.rows(`COPY (${some}) TO ${literal(folder)} (${options})`, signal);
    written.push(...files.map((file) => partOf(dataset, file, partitionOf(dataset, file))));
  }
  return written;
}

function partOf(dataset: Dataset, file: DuckDbRow, partition: readonly Value[]): WrittenPartition {
  return {
    ...writtenFile(dataset, String(file.filename), copyStatistics(file)),
    partition,
    partitionFolder: partitionFolder(dataset, partition),
  };
}

/** The value of a row for a partition field, in SQL. */
function valueSql({ columns }: Dataset, { column, transform }: Dataset['partitionBy'][number]): string {
  const name = identifier(column);
  if (transform === 'month') return `(year(${name}) - 1970) * 12 + month(${name}) - 1`;
  const isDate = columns.find((each) => each.name === column)?.type.kind === 'date';
  return isDate ? `${name} - DATE '1970-01-01'` : name;
}

/** The partition of a file, as COPY tells it. */
function partitionOf(dataset: Dataset, { partition_keys: keys }: DuckDbRow): Value[] {
  const texts = new Map((keys as DuckDBMapValue).entries.map(({ key, value }) => [key, String(value)]));
  return dataset.partitionBy.map(({ column, transform }, index) => {
    const text = texts.get(`=${index}`) as string;
    const kind = dataset.columns.find(({ name }) => name === column)?.type.kind;
    return transform === 'month' || kind === 'date' ? Number(text) : text;
  });
}
