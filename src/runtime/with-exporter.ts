import { join } from 'node:path';
import type { Exporter, ExporterOptions } from '../export/exporter';
import type { Lake } from '../lake/open-lake';

/** In the data folder: files that are being made. */
export const WORK_FOLDER = 'lake-work';

export interface WithExporterOptions
  extends Pick<ExporterOptions, 'store' | 'onExported' | 'onExportedAgain' | 'tidy'> {
  lake: Lake;
  dataDir: string;
}

/** Runs an exporter onto an open lake, once the lake has shown that it lets one writer win, and closes it. */
export async function withExporter<T>(
  { lake, dataDir, ...options }: WithExporterOptions,
  work: (exporter: Exporter) => Promise<T>,
): Promise<T> {
  // DuckDB takes a moment to load, which the API need not wait for.
  const [{ Exporter }, { testObjectStore }] = await Promise.all([
    import('../export/exporter.js'),
    import('../lake/object-store/self-test.js'),
  ]);
  await testObjectStore(lake.store);
  const workFolder = join(dataDir, WORK_FOLDER);
  const exporter = await Exporter.open({ ...options, catalog: lake, workFolder });
  try {
    return await work(exporter);
  } finally {
    await exporter.close();
  }
}
