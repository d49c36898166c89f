import path from 'node:path';
import type { LakeFile } from '../lake-files';
import type { WarehouseSession } from '../session';
import type { SnowflakeConnection, StatementResult } from './connection';
import { isUnanswered, UnknownCommitError } from './errors';
import { dialectOf, newLoadName } from './load-name';
import { copyFromFolder, copyFromLake, LIST_FILES, putFile, removeFolder } from './stage';

/** By this name the transaction of a load is found in another session. */
export const transactionOf = (load: string): string => `tidemark_${load}`;

/** A session that loads a warehouse in Snowflake. */
export class SnowflakeSession implements WarehouseSession {
  /** of what it loads, see `newLoadName` */
  readonly load = newLoadName();
  readonly dialect = dialectOf(this.load);

  /** done first in every transaction; what it throws ends it */
  whenBegun: () => Promise<void> = async () => {};

  constructor(
    private readonly connection: SnowflakeConnection,
    private readonly files: 'external stage' | 'put',
  ) {}

  async run(sql: string): Promise<number> {
    if (sql === 'COMMIT') return this.commit();
    if (sql === 'BEGIN TRANSACTION') return this.begin(sql);
    return (await this.connection.execute(sql)).changed;
  }

  private async begin(sql: string): Promise<number> {
    await this.connection.execute(`${sql} NAME ${transactionOf(this.load)}`);
    try {
      await this.whenBegun();
    } catch (error) {
      await this.connection.execute('ROLLBACK').catch(() => {});
      throw error;
    }
    return 0;
  }

  /** @throws UnknownCommitError when no answer came */
  private async commit(): Promise<number> {
    try {
      return (await this.connection.execute('COMMIT')).changed;
    } catch (error) {
      if (isUnanswered(error)) throw new UnknownCommitError(error.message, { cause: error });
      throw error;
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

  /** Takes away the files that a load put and did not copy: this one's, or that of another session. */
  async discardFiles(load: string): Promise<void> {
    if (this.files === 'put') await this.connection.execute(removeFolder(load));
  }

  /** Names of the loads that have files in the stage. */
  async loadsWithFiles(): Promise<string[]> {
    if (this.files !== 'put') return [];
    const found = await this.query(LIST_FILES);
    return [...new Set(found.map(({ name }) => name?.split('/')[1] ?? ''))];
  }

  /** @returns the statement that loads what was put */
  private async put(table: string, files: readonly LakeFile[]): Promise<string> {
    // Of its own, so that two loads do not take each other's files away.
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

/** Rows by the names of their columns, in small letters. */
export function records({
  columns,
  rows,
}: Pick<StatementResult, 'columns' | 'rows'>): Record<string, string | null>[] {
  const names = columns.map(({ name }) => name.toLowerCase());
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
}
