import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { WarehouseError } from '../errors';

/** Locks of this process: the one on the file keeps out other processes only. */
const held = new Set<string>();

/**
 * One load at a time. The lock is the one that DuckDB takes on a database that it writes to, here on an empty one beside the
 * warehouse: the operating system gives it back when its process ends, however it ends, so it is never left behind.
 * @returns what releases it
 * @throws WarehouseError when another load has it
 */
export async function lockLoads(file: string): Promise<() => void> {
  const key = path.resolve(file);
  if (held.has(key)) throw inProgress('this process');
  held.add(key);
  try {
    const instance = await DuckDBInstance.create(key);
    return () => {
      instance.closeSync();
      held.delete(key);
    };
  } catch (error) {
    held.delete(key);
    const message = error instanceof Error ? error.message : String(error);
    if (!/lock/i.test(message)) throw error;
    const [, pid] = /PID (\d+)/.exec(message) ?? [];
    throw inProgress(pid === undefined ? 'another process' : `process ${pid}`);
  }
}

const inProgress = (who: string): WarehouseError =>
  new WarehouseError(`The warehouse is being loaded by ${who}; try again when it is done`);
