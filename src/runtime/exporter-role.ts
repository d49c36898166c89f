import { join } from 'node:path';
import type { EventStore } from '../event-store/event-store';
import type { LakeOptions } from '../export/lake';
import { keepTrying } from '../feed/keep-trying';
import { AdvisoryLock } from '../postgres/advisory-lock';
import type { Logger } from './logger';

/** Name of the lock of the one exporter that works. */
export const EXPORTER_LOCK = 'tidemark exporter';
/** In the data folder: files that are being made. */
export const WORK_FOLDER = 'lake-work';

export interface ExporterRoleOptions {
  databaseUrl: string;
  store: EventStore;
  lake: LakeOptions;
  dataDir: string;
  logger: Logger;
}

/**
 * Takes the log to the lake, again and again whatever fails. Of several processes one works and the others stand by: two would do no
 * harm, but everything twice.
 */
export function startExporter(options: ExporterRoleOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = keepTrying(stopping.signal, (well) => lead(options, stopping.signal, well), {
    logger: options.logger,
    failed: 'exporter failed',
    overtaken: 'another exporter was first, starting from the last cut of the lake',
  });
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function lead(options: ExporterRoleOptions, stopping: AbortSignal, well: () => void): Promise<void> {
  const { databaseUrl, store, dataDir, logger } = options;
  const lock = await AdvisoryLock.acquire(databaseUrl, EXPORTER_LOCK, stopping);
  if (!lock) return;
  const lost = new AbortController();
  lock.onLost(() => lost.abort());
  const signal = AbortSignal.any([stopping, lost.signal]);
  try {
    // DuckDB takes a moment to load, which the API need not wait for.
    const [{ Exporter }, { openLake }, { testObjectStore }] = await Promise.all([
      import('../export/exporter/exporter.js'),
      import('../export/lake.js'),
      import('../export/object-store/self-test.js'),
    ]);
    const lake = await openLake(options.lake);
    try {
      await testObjectStore(lake.store);
      const exporter = await Exporter.open({
        store,
        catalog: lake,
        workFolder: join(dataDir, WORK_FOLDER),
        tidy: {
          keepSnapshots: options.lake.keepSnapshots,
          onFailed: (error) => logger.warn({ err: error }, 'a table of the lake could not be tidied'),
        },
        onExported: (exported) => {
          well();
          logger.debug(exported, 'exported to the lake');
        },
      });
      try {
        await exporter.follow(signal);
      } finally {
        await exporter.close();
      }
    } finally {
      await lake.close();
    }
  } finally {
    await lock.release();
  }
}
