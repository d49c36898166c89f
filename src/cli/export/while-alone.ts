import { CliError } from '../errors';
import type { OpenLake } from './open-lake';

/**
 * Works while no other exporter does.
 * @param wait whether to wait until another one ends, which is then printed
 * @throws CliError when another one works and `wait` is false; the reason of `signal` when it aborts first
 */
export async function whileAlone<T>(
  { runtime: { databaseUrl }, signal }: OpenLake,
  wait: boolean,
  work: () => Promise<T>,
): Promise<T> {
  const [{ AdvisoryLock }, { EXPORTER_LOCK }] = await Promise.all([
    import('../../postgres/advisory-lock.js'),
    import('../../runtime/exporter-role.js'),
  ]);
  let lock = await AdvisoryLock.tryAcquire(databaseUrl, EXPORTER_LOCK);
  if (!lock && !wait) throw new CliError(`${ANOTHER} Nothing was exported here; --wait waits until it ends.`);
  if (!lock) {
    process.stderr.write(`${ANOTHER} Waiting until it ends.\n`);
    lock = await AdvisoryLock.acquire(databaseUrl, EXPORTER_LOCK, signal);
  }
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    await lock?.release();
  }
}

const ANOTHER =
  'Another exporter is working, such as that of `tidemark start`, which keeps the lake up to date by itself.';
