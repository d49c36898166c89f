import type { EventStore } from '../../event-store/event-store';
import { openLakeSource } from '../duckdb/lake-source';
import type { LakeFiles } from '../lake-files';
import type { VerifyResult } from '../verify/verify';
import { type VerifySessionOptions, verifySession } from '../verify/verify-session';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/**
 * Compares event store, lake and the warehouse in Snowflake up to the position that the warehouse is loaded
 * to.
 * @throws WarehouseError when nothing was loaded into it yet; SnowflakeError
 */
export const verifySnowflake = (
  options: SnowflakeWarehouseOptions,
  lake: LakeFiles,
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  verifying: VerifySessionOptions = {},
): Promise<VerifyResult> =>
  withSnowflake(options, (session) => verifySession(session, () => openLakeSource(lake), store, verifying));
