import path from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store';
import { Exporter } from '../../../src/export/exporter';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import type { LakeFiles } from '../../../src/warehouse/lake-files';
import { localFiles } from '../../../src/warehouse/load/local-files';
import { tableFiles } from '../../../src/warehouse/load/table-files';
import { FolderLake } from '../../support/lake/test-lake';
import { createTestWarehouse, type TestWarehouse } from '../../support/warehouse/warehouse';

/** The lake of a log, and the warehouse that was loaded from it. */
export interface LakeWarehouse {
  lake: FolderLake;
  files: LakeFiles;
  warehouse: TestWarehouse;
  remove(): Promise<void>;
}

/**
 * Exports the whole log of a store to a lake, and loads the warehouse twice: after the first cut, and at the
 * end.
 * @param cutEvents the events of each cut
 */
export async function lakeWarehouseOf(store: EventStore, cutEvents: number): Promise<LakeWarehouse> {
  const [lake, warehouse] = await Promise.all([FolderLake.create(), createTestWarehouse()]);
  const remove = async () => {
    await lake.remove();
    await warehouse.remove();
  };
  try {
    const catalog = lake.catalog();
    const { localPath } = await localFiles(lake.store, { folder: lake.folder });
    const files = tableFiles(catalog, localPath);
    const afterFirst = new AbortController();
    const exporter = await Exporter.open({
      store,
      catalog,
      workFolder: path.join(lake.folder, 'work'),
      limits: { events: cutEvents },
      onExported: () => afterFirst.abort(),
    });
    try {
      // The first export is stopped after its first cut, so that the warehouse is loaded twice.
      for (const { signal } of [afterFirst, new AbortController()]) {
        await exporter.catchUp(signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
        await loadWarehouse(warehouse, files);
      }
    } finally {
      await exporter.close();
    }
    return { lake, files, warehouse, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
