import path from 'node:path';
import type { LakeFile } from '../lake-files';
import type { WarehouseReader, WarehouseSession } from '../session';
import type { SnowflakeConnection } from './connection';
import { isUnanswered } from './errors';
import { dialectOf, newLoadName, transactionOf } from './load-name';
import { mustBeCommitted } from './lost-commit';
import { copyFromFolder, copyFromLake, LIST_FILES, putFile, removeFolder } from './stage';
import { records } from './statement-result';

/** Runs `work` in a session of its own, of the same user in the same schema. */
export type Reconnect = <T>(work: (session: SnowflakeSession) => Promise<T>) => Promise<T>;

/** A session that loads a warehouse in Snowflake. */
export class SnowflakeSession implements WarehouseSession {
  /** the name of the load, see `newLoadName` */
  readonly load = newLoadName();
  readonly dialect = dialectOf(this.load);

  constructor(
    private readonly connection: SnowflakeConnection,
    private readonly files: 'external stage' | 'put',
    private readonly reconnect: Reconnect,
  ) {}

  /** whether a statement had no answer, so that the session takes no more of them */
  get isBroken(): boolean {
    return this.connection.isBroken;
  }

  async run(sql: string): Promise<number> {
    return (await this.connection.execute(sql)).changed;
  }

  /**
   * Loads of several machines take turns: each locks the row of `warehouse_model` until it commits. The row
   * then has the name of the load, which is how a lost COMMIT is found.
   */
  async transaction<T>(
    work: () => Promise<T>,
    isCommitted: (reader: WarehouseReader) => Promise<boolean>,
  ): Promise<T> {
    await this.run(`BEGIN TRANSACTION NAME ${transactionOf(this.load)}`);
    try {
      await this.run(`UPDATE warehouse_model SET last_load = '${this.load}'`);
      const result = await work();
      await this.commit(isCommitted);
      return result;
    } catch (error) {
      // An error may have ended the transaction already, and the first error is the one to show.
      await this.run('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  private async commit(isCommitted: (reader: WarehouseReader) => Promise<boolean>): Promise<void> {
    try {
      await this.run('COMMIT');
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      await mustBeCommitted({ load: this.load, cause: error, reconnect: this.reconnect, isCommitted });
    }
  }

  async query(sql: string): Promise<Record<string, string | null>[]> {
    return records(await this.connection.execute(sql));
  }

  async fill(dataset: string, files: readonly LakeFile[]): Promise<number> {
    const table = this.dialect.scratch(`load_${dataset}`);
    const copied = records(
      await this.connection.execute(
        this.files === 'put' ? await this.put(table, files) : copyFromLake(table, files),
      ),
    );
    return copied.reduce((sum, { rows_loaded: rows }) => sum + Number(rows), 0);
  }

  /** Removes the files that a load, of this session or another, has put and not copied. */
  async discardFiles(load: string): Promise<void> {
    if (this.files === 'put') await this.connection.execute(removeFolder(load));
  }

  /** Names of the loads that have files in the stage. */
  async loadsWithFiles(): Promise<string[]> {
    if (this.files !== 'put') return [];
    const found = await this.query(LIST_FILES);
    return [...new Set(found.map(({ name }) => name?.split('/')[1] ?? ''))];
  }

  /** @returns the statement that copies what was put */
  private async put(table: string, files: readonly LakeFile[]): Promise<string> {
    // Each load has a folder of its own, so that two do not take each other's files away.
    const folder = `${this.load}/${table}`;
    const names: string[] = [];
    for (const [index, file] of files.entries()) {
      const localPath = await file.localPath();
      // Files of several partitions have the same name.
      await this.connection.execute(putFile(localPath, `${folder}/${index}`));
      names.push(`${index}/${path.basename(localPath)}`);
    }
    return copyFromFolder(table, folder, names);
  }
}
