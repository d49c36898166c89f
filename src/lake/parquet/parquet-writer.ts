import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, DuckDBTableFunction } from '@duckdb/node-api';
import { trackConnection } from '../../duckdb/open-connections';
import type { Value } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';
import type { DatasetBuffer } from './dataset-buffer';
import { duckdbType, fieldIds, identifier, literal, readSchema } from './duckdb-schema';
import { partitionFolder } from './partition';
import type { PartitionRows } from './partition-rows';
import { copyStatistics, type WrittenFile, writtenFile } from './written-file';

/** A file of one partition. */
export interface WrittenPartition extends WrittenFile {
  /** a value for each field of `partitionBy` */
  partition: readonly Value[];
  /**
   * the folder in a lake where it belongs, in the way of Hive, relative; empty for a dataset without
   * partitions
   */
  partitionFolder: string;
}

export interface ParquetWriterOptions {
  /** what DuckDB may hold, in megabytes; more goes to `temporaryFolder`. Default 512 */
  memoryLimitMb?: number;
  /** made and removed by DuckDB when it needs it */
  temporaryFolder: string;
}

const DEFAULT_MEMORY_MB = 512;
/** Most rows of a row group: what DuckDB takes by itself, 60 vectors. */
const ROW_GROUP_ROWS = 122_880;

/**
 * Writes Parquet files by DuckDB: zstd, field ids, decimals, instants in UTC. The same rows give the same
 * bytes in every process, because one thread writes them in the order in which they came.
 */
export class ParquetWriter {
  private readonly sources = new Map<Dataset, string>();
  private source: PartitionRows | undefined;
  private nextSegment = 0;
  private idle: Promise<unknown> = Promise.resolve();
  private readonly forget: () => void;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly memoryLimit: string,
  ) {
    this.forget = trackConnection(connection);
  }

  static async open({
    memoryLimitMb = DEFAULT_MEMORY_MB,
    temporaryFolder,
  }: ParquetWriterOptions): Promise<ParquetWriter> {
    const memoryLimit = `${memoryLimitMb}MB`;
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: memoryLimit,
      temp_directory: temporaryFolder,
    });
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    return new ParquetWriter(instance, connection, memoryLimit);
  }

  /**
   * Writes a buffer's rows, a file for each partition, into a folder. Files of an earlier call that stand
   * there are overwritten. The buffer must not be added to meanwhile. On an error none of the files stay.
   * @throws the reason of `signal` when it is aborted before all are written
   */
  write(buffer: DatasetBuffer, folder: string, signal?: AbortSignal): Promise<WrittenPartition[]> {
    return this.alone(async () => {
      const written: WrittenPartition[] = [];
      const { dataset } = buffer;
      await mkdir(folder, { recursive: true });
      try {
        for (const rows of buffer.partitions) {
          const { partition } = rows;
          // Not in folders of their own: hundreds that are made and removed for every cut cost as much as the
          // files in them.
          const path = join(folder, `${written.length}.parquet`);
          const file = await this.writeRows(dataset, rows, path, signal);
          written.push({ ...file, partition, partitionFolder: partitionFolder(dataset, partition) });
        }
      } catch (error) {
        await Promise.all(written.map(({ path }) => rm(path, { force: true })));
        throw error;
      }
      // DuckDB keeps what it has freed, some hundred megabytes after many files; when the limit is set it
      // lets go.
      await this.connection.run(`SET memory_limit = '${this.memoryLimit}'`);
      return written;
    });
  }

  /**
   * Rewrites files of one partition as one, its rows by position and then key. Columns that a file does not
   * have yet are null.
   * @param paths local; their columns are told by field id, so older names and narrower types do
   * @throws the reason of `signal` when it is aborted before the file is written
   */
  mergeFiles(
    dataset: Dataset,
    paths: readonly string[],
    target: string,
    signal?: AbortSignal,
  ): Promise<WrittenFile> {
    const order = ['position', ...dataset.key.filter((column) => column !== 'position')].map(identifier);
    const files = `read_parquet([${paths.map(literal).join(', ')}], schema = ${readSchema(dataset)}, hive_partitioning = false)`;
    const select = `FROM ${files} ORDER BY ${order.join(', ')}`;
    return this.alone(() => this.copy(dataset, select, target, signal));
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.idle;
    this.forget();
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async writeRows(
    dataset: Dataset,
    rows: PartitionRows,
    path: string,
    signal?: AbortSignal,
  ): Promise<WrittenFile> {
    this.source = rows;
    this.nextSegment = 0;
    try {
      return await this.copy(dataset, `FROM ${this.sourceOf(dataset)}()`, path, signal);
    } finally {
      this.source = undefined;
    }
  }

  /** The name of a table function that gives the rows being written. */
  private sourceOf(dataset: Dataset): string {
    const known = this.sources.get(dataset);
    if (known !== undefined) return known;
    const name = `rows_${this.sources.size}`;
    this.connection.registerTableFunction(
      DuckDBTableFunction.create({
        name,
        bindFunction: (info) => {
          for (const { name: column, type } of dataset.columns)
            info.addResultColumn(column, duckdbType(type));
        },
        initFunction: () => {},
        mainFunction: (_, { chunk }) => this.source?.fill(this.nextSegment++, chunk),
      }),
    );
    this.sources.set(dataset, name);
    return name;
  }

  private async copy(
    dataset: Dataset,
    select: string,
    path: string,
    signal?: AbortSignal,
  ): Promise<WrittenFile> {
    signal?.throwIfAborted();
    const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, FIELD_IDS ${fieldIds(dataset)}, RETURN_STATS true, USE_TMP_FILE false`;
    const interrupt = () => this.connection.interrupt();
    signal?.addEventListener('abort', interrupt);
    try {
      const reader = await this.connection.runAndReadAll(`COPY (${select}) TO ${literal(path)} (${options})`);
      return writtenFile(dataset, path, copyStatistics(reader.getRowObjects()[0]));
    } catch (error) {
      await rm(path, { force: true });
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  /** One file after the other: there is one connection, and one source of rows. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.idle.then(work);
    this.idle = done.catch(() => {});
    return done;
  }
}
