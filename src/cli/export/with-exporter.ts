import { join } from 'node:path';
import type { Exported, Exporter } from '../../export/exporter/exporter';
import type { OpenLake } from './open-lake';

const SAY_SO_AFTER_MS = 1_000;

/** An exporter of this process, while none of another works: until that ends it waits, and says so. @throws the reason of `signal` when it is aborted before */
export async function withExporter<T>(
  { runtime: { databaseUrl, store, config }, lake, signal }: OpenLake,
  onExported: (exported: Exported) => void,
  work: (exporter: Exporter) => Promise<T>,
): Promise<T> {
  const [{ Exporter }, { testObjectStore }, { AdvisoryLock }, { EXPORTER_LOCK, WORK_FOLDER }] =
    await Promise.all([
      import('../../export/exporter/exporter.js'),
      import('../../export/object-store/self-test.js'),
      import('../../postgres/advisory-lock.js'),
      import('../../runtime/exporter-role.js'),
    ]);
  await testObjectStore(lake.store);
  const waiting = setTimeout(() => process.stderr.write(WAITING), SAY_SO_AFTER_MS);
  const lock = await AdvisoryLock.acquire(databaseUrl, EXPORTER_LOCK, signal).finally(() =>
    clearTimeout(waiting),
  );
  try {
    signal.throwIfAborted();
    const exporter = await Exporter.open({
      store,
      catalog: lake,
      workFolder: join(config.dataDir, WORK_FOLDER),
      tidy: { keepSnapshots: config.lake.keepSnapshots },
      onExported,
    });
    try {
      return await work(exporter);
    } finally {
      await exporter.close();
    }
  } finally {
    await lock?.release();
  }
}

const WAITING =
  'Another exporter is working, such as that of `tidemark start`, which keeps the lake up to date by itself. Waiting until it ends.\n';
