import type { DuckDBConnection } from '@duckdb/node-api';
import type { LakeFile } from '../lake-files';
import type { WarehouseSession } from '../session';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { readParquet } from './read-parquet';

/** A warehouse in a DuckDB file. */
export class DuckDbSession implements WarehouseSession {
  readonly dialect = duckDbDialect;

  constructor(private readonly connection: DuckDBConnection) {}

  async run(sql: string): Promise<number> {
    const result = await this.connection.run(sql);
    return result.rowsChanged;
  }

  async query(sql: string): Promise<Record<string, string | null>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjectsJson() as Record<string, string | null>[];
  }

  async fill(dataset: string, files: readonly LakeFile[]): Promise<number> {
    const paths: string[] = [];
    for (const file of files) paths.push(await file.localPath());
    return this.run(`INSERT INTO load_${dataset} BY NAME SELECT * FROM ${readParquet(paths)}`);
  }

  /** The database runs in this process: COMMIT always has an answer. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      // An error may have ended the transaction already, and the first error is the one to show.
      await this.run('ROLLBACK').catch(() => {});
      throw error;
    }
  }
}
