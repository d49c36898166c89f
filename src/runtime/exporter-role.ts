import { keepTrying } from '../concurrency/keep-trying';
import { pause } from '../concurrency/pause';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { Exported } from '../export/exporter';
import type { ExportedAgain } from '../export/resume';
import { HandedOverError } from '../lake/errors/lake-error';
import type { LakeOptions } from '../lake/open-lake';
import { AdvisoryLock } from '../postgres/advisory-lock';
import type { Logger } from './logger';
import { withExporter } from './with-exporter';

/** Name of the lock that the working exporter holds. */
export const EXPORTER_LOCK = 'tidemark exporter';

/** While Spark has the lake, an exporter looks so often whether it is back. */
const LOOK_AGAIN_MS = 60_000;

export interface ExporterRoleOptions {
  databaseUrl: string;
  store: EventStore;
  lake: LakeOptions;
  dataDir: string;
  logger: Logger;
}

export interface RunningExporter {
  /** how far the lake has the log, '' before the first event; undefined while this exporter does not work */
  position(): Position | undefined;
  stop(): Promise<void>;
}

/**
 * Exports the log to the lake, and tries again whatever fails. Of several processes one works and the others
 * stand by. Two at once would do no harm, but do everything twice.
 */
export function startExporter(options: ExporterRoleOptions): RunningExporter {
  const stopping = new AbortController();
  let position: Position | undefined;
  const moved = (through: Position | undefined) => {
    position = through;
  };
  const work = (well: () => void) =>
    lead(options, stopping.signal, well, moved)
      .finally(() => moved(undefined))
      .catch((error) => standBy(error, options.logger, stopping.signal));
  const running = keepTrying(stopping.signal, work, {
    logger: options.logger,
    failed: 'exporter failed',
    overtaken: 'another exporter was first, starting from the last cut of the lake',
  });
  return {
    position: () => position,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Waits while Spark has the lake, without the lock: `tidemark export adopt` takes it. */
async function standBy(error: unknown, logger: Logger, stopping: AbortSignal): Promise<void> {
  if (!(error instanceof HandedOverError)) throw error;
  logger.info(error.message);
  await pause(LOOK_AGAIN_MS, stopping);
}

async function lead(
  options: ExporterRoleOptions,
  stopping: AbortSignal,
  well: () => void,
  moved: (through: Position) => void,
): Promise<void> {
  const { databaseUrl, store, logger } = options;
  const lock = await AdvisoryLock.acquire(databaseUrl, EXPORTER_LOCK, stopping);
  if (!lock) return;
  const lost = new AbortController();
  lock.onLost(() => lost.abort());
  const signal = AbortSignal.any([stopping, lost.signal]);
  try {
    const { openLake } = await import('../lake/open-lake.js');
    const lake = await openLake(options.lake);
    const onFailed = (error: unknown) =>
      logger.warn({ err: error }, 'a table of the lake could not be tidied');
    const onExported = (exported: Exported) => {
      well();
      moved(exported.position);
      logger.debug(exported, 'exported to the lake');
    };
    const onExportedAgain = (again: ExportedAgain) => logger.info(again, 'exported again after a rollback');
    const exporting = { store, lake, config: options, onFailed, onExported, onExportedAgain };
    try {
      const { exportedThrough } = await import('../lake/status.js');
      moved((await exportedThrough(lake)) ?? '');
      await withExporter(exporting, (exporter) => exporter.follow(signal));
    } finally {
      await lake.close();
    }
  } finally {
    await lock.release();
  }
}
