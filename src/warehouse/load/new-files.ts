import type { Position } from '../../event-store/position';
import { datasets } from '../../lake/datasets/catalogue';
import { WarehouseError } from '../errors';
import type { LakeFile, LakeFiles } from '../lake-files';
import { type Loaded, ledgerKey } from './ledger';

/** The files of a lake that a warehouse does not have. */
export interface NewFiles {
  /** id of the lake; null while nothing was exported to it */
  lake: string | null;
  /** position up to which every dataset was committed before the files were listed */
  through: Position | null;
  /** the new files by dataset; datasets without any are left out */
  files: ReadonlyMap<string, readonly LakeFile[]>;
  count: number;
  rows: number;
  /** keys of all live files, by dataset */
  live: ReadonlyMap<string, readonly string[]>;
  /** keys in the ledger that are not live any more, by dataset; datasets without any are left out */
  gone: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds the files that are live in the lake and not in the ledger. `through` is asked first: files that are
 * added meanwhile do no harm.
 * @throws WarehouseError when the warehouse was filled from another lake: its keys name other files
 */
export async function findNewFiles(lake: LakeFiles, loaded: Omit<Loaded, 'through'>): Promise<NewFiles> {
  const through = await lake.through();
  const files = new Map<string, LakeFile[]>();
  const live = new Map<string, string[]>();
  let count = 0;
  let rows = 0;
  for (const { name } of datasets) {
    const fresh: LakeFile[] = [];
    const keys: string[] = [];
    for await (const file of lake.files(name)) {
      keys.push(file.key);
      if (!loaded.ledger.has(ledgerKey(name, file.key))) fresh.push(file);
    }
    live.set(name, keys);
    if (fresh.length === 0) continue;
    files.set(name, fresh);
    count += fresh.length;
    for (const file of fresh) rows += file.rows;
  }
  // Asked last: an empty lake may get its identity and its first files at any moment.
  const identity = await lake.identity();
  mustBeOf(loaded.lake, identity);
  return { lake: identity, through, files, count, rows, live, gone: goneFiles(loaded, live) };
}

function mustBeOf(loaded: string | null, lake: string | null): void {
  if (loaded === null || lake === null || loaded === lake) return;
  throw new WarehouseError(
    `The warehouse was filled from another lake (${loaded}) than the one of LAKE_URL (${lake}). Give LAKE_URL that one, ` +
      'or empty the warehouse with `tidemark warehouse init --rebuild`: the next load fills it from this one',
  );
}

function goneFiles({ ledger }: Pick<Loaded, 'ledger'>, live: NewFiles['live']): Map<string, string[]> {
  const alive = new Set([...live].flatMap(([dataset, keys]) => keys.map((key) => ledgerKey(dataset, key))));
  const gone = new Map<string, string[]>();
  for (const entry of ledger) {
    if (alive.has(entry)) continue;
    const [dataset, key] = entry.split('\n') as [string, string];
    const ofDataset = gone.get(dataset);
    if (ofDataset) ofDataset.push(key);
    else gone.set(dataset, [key]);
  }
  return gone;
}
