import type { EventStore } from '../../event-store/event-store';
import { DuckDbSession } from '../duckdb/duckdb-session';
import { openPublished, type WarehouseOptions, warehouseFile } from '../duckdb/duckdb-warehouse';
import { WarehouseError } from '../errors';
import type { LakeFiles } from '../load/lake-files';
import { openLakeSource, warehouseSource } from './sources';
import { type VerifyOptions, type VerifyResult, verify } from './verify';

/**
 * Compares event store, lake and the DuckDB warehouse, as far as the warehouse says that it has been loaded.
 * @throws WarehouseError when there is no warehouse, or nothing was loaded into it yet
 */
export async function verifyWarehouse(
  options: WarehouseOptions,
  lake: LakeFiles,
  store: Pick<EventStore, 'readAll'>,
  { onProgress, signal }: Pick<VerifyOptions, 'onProgress' | 'signal'> = {},
): Promise<VerifyResult> {
  const { connection, close } = await openPublished(warehouseFile(options), options);
  try {
    const session = new DuckDbSession(connection);
    const [progress] = await session.query('SELECT through_position FROM load_progress');
    const through = progress?.through_position;
    if (!through) throw new WarehouseError('Nothing was loaded yet; `tidemark warehouse load` does it');
    const lakeSource = await openLakeSource(lake);
    try {
      const warehouse = warehouseSource(session);
      return await verify({ store, lake: lakeSource, warehouse, through, onProgress, signal });
    } finally {
      lakeSource.close();
    }
  } finally {
    close();
  }
}
