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
  /** the folder in a lake that the file belongs into, see `partitionFolder` */
  partitionFolder: string;
}

export interface ParquetWriterOptions {
  /** memory that DuckDB may take, in megabytes; the rest goes to `temporaryFolder`. Default 512 */
  memoryLimitMb?: number;
  /** DuckDB makes and removes it as needed */
  temporaryFolder: string;
}

const DEFAULT_MEMORY_MB = 512;
/** Most rows of a row group: DuckDB's default, 60 vectors. */
const ROW_GROUP_ROWS = 122_880;

/**
 * Writes Parquet files by DuckDB: zstd, field ids, decimals, instants in UTC. The same rows give the same
 * bytes in every process, because one thread writes them in the order of arrival.
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
   * Writes the rows of a buffer into a folder, a file for each partition. Files of an earlier call are
   * overwritten. Nothing may be added to the buffer meanwhile. After an error no file stays.
   * @throws the reason of `signal` when it is aborted before all files are written
   */
  write(buffer: DatasetBuffer, folder: string, signal?: AbortSignal): Promise<WrittenPartition[]> {
    return this.alone(async () => {
      const written: WrittenPartition[] = [];
      const { dataset } = buffer;
      await mkdir(folder, { recursive: true });
      try {
        for (const rows of buffer.partitions) {
          const { partition } = rows;
          // All in one folder: making and removing hundreds of folders for every cut takes as long as writing
          // the files.
          const path = join(folder, `${written.length}.parquet`);
          const file = await this.writeRows(dataset, rows, path, signal);
          written.push({ ...file, partition, partitionFolder: partitionFolder(dataset, partition) });
        }
      } catch (error) {
        await Promise.all(written.map(({ path }) => rm(path, { force: true })));
        throw error;
      }
      // DuckDB keeps memory that it has freed, some hundred megabytes after many files. Setting the limit
      // makes it return that memory.
      await this.connection.run(`SET memory_limit = '${this.memoryLimit}'`);
      return written;
    });
  }

  /**
   * Writes the rows of several files of one partition as one file, sorted by position and then key. A column
   * that a file lacks is null there.
   * @param paths local; columns are found by field id, so they may have older names and narrower types
   * @throws the reason of `signal` when it is aborted before the file is written
   */
  mergeFiles(
    dataset: Dataset,
    paths: readonly string[],
    target: string,
    signal?: AbortSignal,
  ): Promise<WrittenFile> {
    const order = ['position', ...dataset.key.filter((column) => column !== 'position')].map(identifier);
    const list = paths.map(literal).join(', ');
    const files = `read_parquet([${list}], schema = ${readSchema(dataset)}, hive_partitioning = false)`;
    const select = `FROM ${files} ORDER BY ${order.join(', ')}`;
    return this.alone(() => this.copy(dataset, select, target, signal));
  }

  /** Waits for the file that is being written, then closes DuckDB. */
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

  /** The name of a table function that gives the rows that are being written. */
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
    const options =
      `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, ` +
      `FIELD_IDS ${fieldIds(dataset)}, RETURN_STATS true, USE_TMP_FILE false`;
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

  /** Runs work after all earlier work: there is one connection, and one source of rows. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.idle.then(work);
    this.idle = done.catch(() => {});
    return done;
  }
}
