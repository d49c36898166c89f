import { mkdir, rm } from 'node:fs/promises';
import { eventDatasets } from '../../../src/lake/datasets/catalogue';
import type { Catalog } from '../../../src/lake/iceberg/committer';
import { compactLake } from '../../../src/lake/maintenance/compact';
import { expireSnapshots } from '../../../src/lake/tables/delete-unused';

export type Task = 'compact' | 'expire';

/**
 * Compacts or expires every table of a lake, as `tidemark export compact` and `expire` do.
 * @param workFolder of this call alone; removed in the end
 */
export async function maintain(task: Task, catalog: Catalog, workFolder: string): Promise<void> {
  await mkdir(workFolder, { recursive: true });
  try {
    if (task === 'compact') await compactLake(catalog, eventDatasets, workFolder);
    else for (const { name } of eventDatasets) await expireSnapshots(catalog, name);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
