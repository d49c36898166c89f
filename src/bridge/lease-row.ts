import type { Pool, QueryConfig } from 'pg';
import { type Position, START } from '../event-store/position';
import { LeaseLostError } from './errors';

/** What the bridge that holds the lease is doing. */
export type BridgeState = 'connecting' | 'publishing' | 'unreachable' | 'blocked';

/** What the holder tells operators about itself. */
export interface HolderReport {
  /** all topics have acknowledged the log up to here */
  confirmed: Position;
  state: BridgeState;
  /** why it is in that state; null where it is well */
  reason: string | null;
}

/** The row of the lease as others see it. */
export interface LeaseRow extends HolderReport {
  epoch: number;
  /** `host:pid` of the holder; null: nobody holds the lease */
  holder: string | null;
}

/** NOTIFY on this channel says that the lease is free. */
export const LEASE_FREE_CHANNEL = 'tidemark_bridge';

/** Reads the lease. */
export async function readLease(pool: Pool): Promise<LeaseRow> {
  const { rows } = await pool.query<LeaseRow>(
    `SELECT epoch, CASE WHEN expires_at > clock_timestamp() THEN holder END AS holder,
            confirmed, state, reason
       FROM tidemark.bridge_lease`,
  );
  return rows[0] ?? { epoch: 0, holder: null, confirmed: START, state: 'connecting', reason: null };
}

/**
 * Takes the lease for `termMs` milliseconds and raises its epoch.
 * @returns undefined while another process holds it
 */
export async function takeLease(
  pool: Pool,
  holder: string,
  termMs: number,
): Promise<{ epoch: number; confirmed: Position } | undefined> {
  const { rows } = await pool.query<{ epoch: number; confirmed: Position }>(
    `UPDATE tidemark.bridge_lease
        SET epoch = epoch + 1, holder = $1, expires_at = clock_timestamp() + $2 * interval '1 millisecond'
      WHERE expires_at <= clock_timestamp()
      RETURNING epoch, confirmed`,
    [holder, termMs],
  );
  return rows[0];
}

/** A change of the lease's row by its holder. */
export interface LeaseUpdate {
  /** who makes the change: it applies only while the row has this epoch and this holder */
  held: { epoch: number; holder: string };
  /** SQL assignments; parameters begin at $3 */
  set: string;
  values?: readonly unknown[];
  /** SQL expressions to return */
  returning: string;
  /** a statement that takes longer has failed; milliseconds */
  timeoutMs: number;
}

/** @throws LeaseLostError when another process holds the lease by now */
export async function updateLease<R extends object>(
  pool: Pool,
  { held, set, values = [], returning, timeoutMs }: LeaseUpdate,
): Promise<R> {
  const { rows } = await pool.query<R>({
    text: `UPDATE tidemark.bridge_lease SET ${set} WHERE epoch = $1 AND holder = $2 RETURNING ${returning}`,
    values: [held.epoch, held.holder, ...values],
    query_timeout: timeoutMs,
  } as QueryConfig);
  if (rows[0] === undefined) throw new LeaseLostError('Another process has taken the lease of the bridge');
  return rows[0];
}
