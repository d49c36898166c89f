import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { WarehouseError } from '../errors';
import { instant } from '../model/dialect';
import type { WarehouseSession } from '../session';
import type { TallySource } from './sources';
import { type VerifyOptions, type VerifyResult, verify } from './verify';

export interface VerifySessionOptions extends Pick<VerifyOptions, 'onProgress' | 'signal'> {
  /** Unix milliseconds: compares only events recorded since; default: all */
  since?: number;
}

/** To be closed. */
export type OpenTallySource = TallySource & { close(): void };

/**
 * Compares event store, lake and the warehouse of a session up to the position that the warehouse is loaded
 * to.
 * @throws WarehouseError when nothing was loaded into it yet
 */
export async function verifySession(
  session: WarehouseSession,
  openLake: () => Promise<OpenTallySource>,
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  { since, onProgress, signal }: VerifySessionOptions = {},
): Promise<VerifyResult> {
  const [progress] = await session.query('SELECT through_position FROM load_progress');
  const through = progress?.through_position;
  if (!through) throw new WarehouseError('Nothing was loaded yet; `tidemark warehouse load` does it');
  const after = since === undefined ? null : await lastBefore(session, since);
  const lakeSource = await openLake();
  try {
    return await verify({ store, lake: lakeSource, warehouse: session, after, through, onProgress, signal });
  } finally {
    lakeSource.close();
  }
}

/** Position of the last event recorded before a time (Unix milliseconds); null when there is none. */
async function lastBefore(session: WarehouseSession, time: number): Promise<Position | null> {
  const [last] = await session.query(
    `SELECT MAX(position) AS position FROM stg_events WHERE recorded_at < ${instant(session.dialect, new Date(time).toISOString())}`,
  );
  return last?.position ?? null;
}
