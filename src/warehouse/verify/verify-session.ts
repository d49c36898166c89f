import type { EventStore } from '../../event-store/event-store';
import { WarehouseError } from '../errors';
import type { LakeFiles } from '../load/lake-files';
import type { WarehouseSession } from '../load/session';
import { openLakeSource } from './sources';
import { type VerifyOptions, type VerifyResult, verify } from './verify';

/**
 * Compares event store, lake and the warehouse of a session, as far as the warehouse says that it has been loaded.
 * @throws WarehouseError when nothing was loaded into it yet
 */
export async function verifySession(
  session: WarehouseSession,
  lake: LakeFiles,
  store: Pick<EventStore, 'readAll'>,
  { onProgress, signal }: Pick<VerifyOptions, 'onProgress' | 'signal'> = {},
): Promise<VerifyResult> {
  const [progress] = await session.query('SELECT through_position FROM load_progress');
  const through = progress?.through_position;
  if (!through) throw new WarehouseError('Nothing was loaded yet; `tidemark warehouse load` does it');
  const lakeSource = await openLakeSource(lake);
  try {
    return await verify({ store, lake: lakeSource, warehouse: session, through, onProgress, signal });
  } finally {
    lakeSource.close();
  }
}
