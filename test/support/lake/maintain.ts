import { mkdir, rm } from 'node:fs/promises';
import { compactTable } from '../../../src/export/compact-table';
import { eventDatasets } from '../../../src/export/datasets/catalogue';
import type { Catalog } from '../../../src/export/iceberg/committer';
import { expireSnapshots } from '../../../src/export/iceberg/expire';

export type Task = 'compact' | 'expire';

/**
 * What `tidemark export compact` and `expire` do, to every table of a lake.
 * @param workFolder of this run alone; removed in the end
 */
export async function maintain(task: Task, catalog: Catalog, workFolder: string): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  try {
    for (const dataset of eventDatasets) {
      if (task === 'compact') await compactTable(catalog, dataset, workFolder);
      else await expireSnapshots(catalog, dataset.name);
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
