import { rm } from 'node:fs/promises';
import type { DuckDbSession } from '../../duckdb/duckdb';
import type { Dataset } from '../datasets/dataset';
import { copyOptions } from './copy-options';
import { identifier, literal, readSchema } from './duckdb-schema';
import { copyStatistics, type WrittenFile, writtenFile } from './written-file';

/**
 * Writes the rows of several files of one partition as one file, sorted by position and then key. A column
 * that a file lacks is null there. After an error there is no file.
 * @param paths local; columns are found by field id, so they may have older names and narrower types
 * @throws the reason of `signal` when it is aborted before the file is written
 */
export async function mergeFiles(
  session: DuckDbSession,
  dataset: Dataset,
  paths: readonly string[],
  target: string,
  signal?: AbortSignal,
): Promise<WrittenFile> {
  const order = ['position', ...dataset.key.filter((column) => column !== 'position')].map(identifier);
  const list = paths.map(literal).join(', ');
  const files = `read_parquet([${list}], schema = ${readSchema(dataset)}, hive_partitioning = false)`;
  const rows = `FROM ${files} ORDER BY ${order.join(', ')}`;
  const options = `${copyOptions(dataset)}, USE_TMP_FILE false`;
  try {
    const [file] = await session.rows(`COPY (${rows}) TO ${literal(target)} (${options})`, signal);
    return writtenFile(dataset, target, copyStatistics(file));
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}
