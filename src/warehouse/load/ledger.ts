import type { WarehouseSession } from '../session';

/** What the ledger says, as `ledgerKey` of each file. */
export type Ledger = ReadonlySet<string>;

export const ledgerKey = (dataset: string, fileKey: string): string => `${dataset}\n${fileKey}`;

/** What a warehouse has been filled with. */
export interface Loaded {
  /** the lake that it is of; null while nothing was loaded */
  lake: string | null;
  ledger: Ledger;
  /** position up to which it has the log */
  through: string | null;
}

export const NOTHING_LOADED: Loaded = { lake: null, ledger: new Set(), through: null };

/** Asks a warehouse of this version of the model. */
export async function readLoaded(session: WarehouseSession): Promise<Loaded> {
  const rows = await session.query('SELECT lake_id, dataset, file_key FROM load_ledger');
  const [progress] = await session.query('SELECT through_position FROM load_progress');
  return {
    lake: rows[0]?.lake_id ?? null,
    ledger: new Set(rows.map((row) => ledgerKey(row.dataset as string, row.file_key as string))),
    through: progress?.through_position ?? null,
  };
}
