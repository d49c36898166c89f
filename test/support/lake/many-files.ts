import { join } from 'node:path';
import type { ObjectStore } from '../../../src/lake/object-store/object-store';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import { localFiles } from '../../../src/warehouse/load/local-files';
import { tableFiles } from '../../../src/warehouse/load/table-files';
import { createTestWarehouse } from '../warehouse/warehouse';
import { catalogIn } from './test-lake';

/** With these limits an export of a short log has many cuts. */
export const CUT_LIMITS = { events: 8 };

/**
 * Loads a lake into a warehouse that is gone afterwards.
 * @param folder takes the files that are downloaded
 */
export async function loadFrom(store: ObjectStore, folder: string): Promise<unknown> {
  const warehouse = await createTestWarehouse();
  const { localPath, close } = await localFiles(store, { folder: join(folder, 'cache') });
  try {
    return await loadWarehouse(warehouse, tableFiles(catalogIn(store), localPath));
  } finally {
    await close();
    await warehouse.remove();
  }
}
