import type { Position } from '../../event-store/position';
import { datasets } from '../../export/datasets/catalogue';
import type { LakeFile, LakeFiles } from './lake-files';

/** The files of a lake that a warehouse does not have. */
export interface NewFiles {
  /** every dataset was committed up to here before the files were listed */
  through: Position | null;
  /** by dataset; only datasets that have any */
  files: ReadonlyMap<string, readonly LakeFile[]>;
  count: number;
  rows: number;
}

/** What the ledger says, as `ledgerKey` of each file. */
export type Ledger = ReadonlySet<string>;

export const ledgerKey = (dataset: string, fileKey: string): string => `${dataset}\n${fileKey}`;

/** Whatever is live in the lake and not in the ledger. `through` is asked first: files that come later do no harm. */
export async function findNewFiles(lake: LakeFiles, ledger: Ledger): Promise<NewFiles> {
  const through = await lake.through();
  const files = new Map<string, LakeFile[]>();
  let count = 0;
  let rows = 0;
  for (const { name } of datasets) {
    const fresh: LakeFile[] = [];
    for await (const file of lake.files(name)) if (!ledger.has(ledgerKey(name, file.key))) fresh.push(file);
    if (fresh.length === 0) continue;
    files.set(name, fresh);
    count += fresh.length;
    for (const file of fresh) rows += file.rows;
  }
  return { through, files, count, rows };
}
