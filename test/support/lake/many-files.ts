import { join } from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store';
import type { ObjectStore } from '../../../src/lake/object-store/object-store';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import { localFiles } from '../../../src/warehouse/load/local-files';
import { tableFiles } from '../../../src/warehouse/load/table-files';
import { createTestWarehouse } from '../warehouse/warehouse';
import { withMembers } from '../with-members';
import { catalogIn } from './test-lake';

const EVENTS_OF_A_BATCH = 8;

/** A store that is read in batches of few events, so that an export of a short log has many cuts. */
export const inParts = (store: EventStore): EventStore =>
  withMembers(store, {
    readAll: (after, options) => store.readAll(after, { ...options, batchSize: EVENTS_OF_A_BATCH }),
  });

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
