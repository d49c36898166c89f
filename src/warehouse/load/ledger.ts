import type { LakeFile } from '../lake-files';
import type { WarehouseReader } from '../session';

/** The files that the ledger names, as `ledgerKey` of each. */
export type Ledger = ReadonlySet<string>;

export const ledgerKey = (dataset: string, fileKey: string): string => `${dataset}\n${fileKey}`;

/** What a warehouse has been filled with. */
export interface Loaded {
  /** the lake that it was filled from; null while nothing was loaded */
  lake: string | null;
  ledger: Ledger;
  /** position up to which it has the log */
  through: string | null;
}

export const NOTHING_LOADED: Loaded = { lake: null, ledger: new Set(), through: null };

/** Asks a warehouse whose tables are of this version of the model. */
export async function readLoaded(reader: WarehouseReader): Promise<Loaded> {
  const rows = await reader.query('SELECT lake_id, dataset, file_key FROM load_ledger');
  const [progress] = await reader.query('SELECT through_position FROM load_progress');
  return {
    lake: rows[0]?.lake_id ?? null,
    ledger: new Set(rows.map((row) => ledgerKey(row.dataset as string, row.file_key as string))),
    through: progress?.through_position ?? null,
  };
}

/** Whether the ledger names all of these files; of none, false. */
export async function hasFiles(
  reader: WarehouseReader,
  files: ReadonlyMap<string, readonly LakeFile[]>,
): Promise<boolean> {
  const wanted = [...files].flatMap(([dataset, own]) => own.map(({ key }) => ledgerKey(dataset, key)));
  if (wanted.length === 0) return false;
  const { ledger } = await readLoaded(reader);
  return wanted.every((key) => ledger.has(key));
}
