import { constants } from 'node:fs';
import { lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { WarehouseError } from '../errors';

/** Locks of this process. A lock on a file keeps other processes out, not this one. */
const held = new Set<string>();

export type LockOutcome = { release(): void } | { heldBy: string };

/**
 * Takes a lock unless somebody has it. It is the lock that DuckDB takes on a database that it writes to, here
 * an empty one. The operating system frees it when the process ends, however it ends, so a lock is never left
 * behind.
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

/**
 * Replaces a file that is no database by an empty one: a process that was killed while it made the file
 * leaves half of it.
 * @throws Error when the file is a link, whose target would be overwritten
 */
async function openOrReplace(file: string): Promise<DuckDBInstance> {
  await checkNoLink(file);
  try {
    return await DuckDBInstance.create(file);
  } catch (error) {
    if (lockHolder(error) !== undefined || !(await replace(file))) throw error;
    return DuckDBInstance.create(file);
  }
}

async function checkNoLink(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink() || (found?.isFile() && found.nlink > 1))
    throw new Error('it is a link to another file; remove it');
}

/**
 * Overwrites the file in place: of two processes that do this at once, still only one gets the lock.
 * @returns whether that could be done
 */
async function replace(file: string): Promise<boolean> {
  const folder = await mkdtemp(`${file}.new-`);
  const empty = path.join(folder, 'empty');
  try {
    (await DuckDBInstance.create(empty)).closeSync();
    const { O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
    await writeFile(file, await readFile(empty), { flag: O_WRONLY | O_TRUNC | O_NOFOLLOW });
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Who keeps a database from being opened; undefined for an error of any other kind. */
export function lockHolder(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  // On Windows the system refuses, and DuckDB adds which process has the file.
  if (!/Could not set lock on file|File is already open in|used by another process/.test(message))
    return undefined;
  const [, pid] = /\(PID (\d+)\)/.exec(message) ?? [];
  return pid === undefined ? 'another process' : `process ${pid}`;
}
