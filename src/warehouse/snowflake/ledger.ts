import { type Ledger, ledgerKey } from '../load/new-files';
import type { SnowflakeSession } from './snowflake-session';

/** What the warehouse has, and up to where. */
export async function readLedger(
  session: SnowflakeSession,
): Promise<{ ledger: Ledger; through: string | null }> {
  const rows = await session.query('SELECT dataset, file_key FROM load_ledger');
  const [progress] = await session.query('SELECT through_position FROM load_progress');
  const ledger = new Set(rows.map((row) => ledgerKey(row.dataset as string, row.file_key as string)));
  return { ledger, through: progress?.through_position ?? null };
}
