import type { EventStore } from '../../event-store/event-store';
import type { LakeFiles } from '../lake-files';
import type { VerifyResult } from '../verify/verify';
import { type VerifySessionOptions, verifySession } from '../verify/verify-session';
import { DuckDbSession } from './duckdb-session';
import { openLakeSource } from './lake-source';
import { openPublished, type WarehouseOptions, warehouseFile } from './published';

/**
 * Compares event store, lake and the DuckDB warehouse up to the position that the warehouse is loaded to.
 * @throws WarehouseError when there is no warehouse, or nothing was loaded into it yet
 */
export async function verifyWarehouse(
  options: WarehouseOptions,
  lake: LakeFiles,
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  verifying: VerifySessionOptions = {},
): Promise<VerifyResult> {
  const { connection, close } = await openPublished(warehouseFile(options), options);
  try {
    return await verifySession(new DuckDbSession(connection), () => openLakeSource(lake), store, verifying);
  } finally {
    close();
  }
}
