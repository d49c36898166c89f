import { join } from 'node:path';
import type { Exporter, ExporterOptions } from '../export/exporter';
import type { TidyOptions } from '../lake/maintenance/tidy';
import type { Lake, LakeOptions } from '../lake/open-lake';

/** Folder in the data folder for files that are being written. */
export const WORK_FOLDER = 'lake-work';

export interface WithExporterOptions
  extends Pick<ExporterOptions, 'store' | 'onExported' | 'onExportedAgain'>,
    Pick<TidyOptions, 'onFailed'> {
  lake: Lake;
  /** what is configured: where unfinished files are, and how tables are made and kept */
  config: { dataDir: string; lake: Pick<LakeOptions, 'eventsPartition' | 'keepSnapshots'> };
}

/**
 * Opens an exporter for a lake, and closes it after the work. Checks first that the lake lets one writer win.
 */
export async function withExporter<T>(
  { lake, config, onFailed, ...options }: WithExporterOptions,
  work: (exporter: Exporter) => Promise<T>,
): Promise<T> {
  // Loaded only here: DuckDB takes a moment to load, and the API need not wait for it.
  const [{ Exporter }, { testObjectStore }] = await Promise.all([
    import('../export/exporter.js'),
    import('../lake/object-store/self-test.js'),
  ]);
  await testObjectStore(lake.store);
  const workFolder = join(config.dataDir, WORK_FOLDER);
  const { eventsPartition, keepSnapshots } = config.lake;
  const tidy = { keepSnapshots, onFailed };
  const exporter = await Exporter.open({ ...options, catalog: lake, workFolder, eventsPartition, tidy });
  try {
    return await work(exporter);
  } finally {
    await exporter.close();
  }
}
