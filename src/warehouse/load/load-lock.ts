import { WarehouseError } from '../errors';
import { tryLock } from './file-lock';

/**
 * Takes the lock that lets one load run at a time.
 * @returns a function that releases it
 * @throws WarehouseError when another load has it, or the file can be neither opened nor made
 */
export async function lockLoads(file: string): Promise<() => void> {
  const lock = await tryLock(file);
  if ('heldBy' in lock)
    throw new WarehouseError(`The warehouse is being loaded by ${lock.heldBy}; try again when it is done`);
  return lock.release;
}
