import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { WarehouseError } from '../errors';
import { lockHolder } from './open';

/** Locks of this process: the one on the file keeps out other processes only. */
const held = new Set<string>();

export type LockOutcome = { release(): void } | { heldBy: string };

/**
 * Takes a lock unless somebody has it. It is the one that DuckDB takes on a database that it writes to, here on an empty one: the
 * operating system gives it back when its process ends, however it ends, so it is never left behind.
 * @throws WarehouseError when the file can be neither opened nor made
 */
export async function tryLock(file: string): Promise<LockOutcome> {
  const key = path.resolve(file);
  if (held.has(key)) return { heldBy: 'this process' };
  held.add(key);
  try {
    const instance = await openOrReplace(key);
    return {
      release() {
        instance.closeSync();
        held.delete(key);
      },
    };
  } catch (error) {
    held.delete(key);
    const heldBy = lockHolder(error);
    if (heldBy !== undefined) return { heldBy };
    throw new WarehouseError(`${key} cannot be locked: ${(error as Error).message}`);
  }
}

/** What is no database is replaced by an empty one: a process that was killed while it made the file leaves half of it. */
async function openOrReplace(file: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(file);
  } catch (error) {
    if (lockHolder(error) !== undefined || !(await replace(file))) throw error;
    return DuckDBInstance.create(file);
  }
}

/**
 * In place, so that of two who do it at once still only one gets the lock.
 * @returns whether that could be done
 */
async function replace(file: string): Promise<boolean> {
  const empty = `${file}.${process.pid}.new`;
  try {
    (await DuckDBInstance.create(empty)).closeSync();
    await copyFile(empty, file);
    return true;
  } catch {
    return false;
  } finally {
    await rm(empty, { force: true }).catch(() => {});
  }
}
