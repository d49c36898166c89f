import type { OpenLake } from './open-lake';

const SAY_SO_AFTER_MS = 1_000;

/** Works while no exporter does: until another one ends it waits, and says so. @throws the reason of `signal` when it is aborted before */
export async function whileAlone<T>(
  { runtime: { databaseUrl }, signal }: OpenLake,
  work: () => Promise<T>,
): Promise<T> {
  const [{ AdvisoryLock }, { EXPORTER_LOCK }] = await Promise.all([
    import('../../postgres/advisory-lock.js'),
    import('../../runtime/exporter-role.js'),
  ]);
  const waiting = setTimeout(() => process.stderr.write(WAITING), SAY_SO_AFTER_MS);
  const lock = await AdvisoryLock.acquire(databaseUrl, EXPORTER_LOCK, signal).finally(() =>
    clearTimeout(waiting),
  );
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    await lock?.release();
  }
}

const WAITING =
  'Another exporter is working, such as that of `tidemark start`, which keeps the lake up to date by itself. Waiting until it ends.\n';
