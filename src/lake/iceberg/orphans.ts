import type { ObjectInfo } from '../object-store/object-store';
import { loadTable, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { type DeletionGuard, keptManifests, removeLive } from './expire';
import { keyOf } from './location';

const DAY_MS = 86_400_000;
/**
 * Metadata files of old versions stay longer: a process that was stopped for a while may take one of them for
 * the newest.
 */
const VERSIONS_KEPT_MS = 7 * DAY_MS;
const VERSIONS_KEPT = 100;
const BATCH = 50_000;

export interface OrphanOptions {
  /** younger files may belong to a commit under way; milliseconds, default a day */
  olderThanMs?: number;
  /** Unix milliseconds; default the clock's */
  now?: number;
  guard: DeletionGuard;
  /** Tells whether a later commit may refer to a file, which then stays, however old. */
  isPending(key: string, table: LoadedTable): boolean;
}

/**
 * Deletes the files in the folder of a table that no kept snapshot refers to: those that failed commits have
 * left, and metadata files of old versions.
 * @returns number of files
 * @throws what `guard` throws; TableError
 */
export async function deleteOrphans(
  catalog: Catalog,
  name: string,
  { olderThanMs = DAY_MS, now = Date.now(), guard, isPending }: OrphanOptions,
): Promise<number> {
  const table = await loadTable(catalog, name);
  guard(table);
  const isOld = oldEnough(table, now, olderThanMs);
  let deleted = 0;
  let candidates = new Set<string>();
  const deleteCandidates = async () => {
    await removeReferenced(catalog, name, candidates, guard);
    await catalog.store.delete([...candidates]);
    deleted += candidates.size;
    candidates = new Set();
  };
  for await (const object of catalog.store.list(`${name}/`)) {
    if (isOld(object) && !isPending(object.key, table)) candidates.add(object.key);
    if (candidates.size === BATCH) await deleteCandidates();
  }
  await deleteCandidates();
  return deleted;
}

/** Removes from `keys` what the table refers to now, which may be more than when the listing began. */
async function removeReferenced(
  catalog: Catalog,
  name: string,
  keys: Set<string>,
  guard: DeletionGuard,
): Promise<void> {
  if (keys.size === 0) return;
  const table = await loadTable(catalog, name);
  guard(table);
  const place = placeOf(table);
  const kept = await keptManifests(catalog, table);
  for (const location of kept.keys()) keys.delete(keyOf(place, location));
  for (const snapshot of table.metadata.snapshots) keys.delete(keyOf(place, snapshot['manifest-list']));
  await removeLive(catalog, table, kept, keys);
}

function oldEnough(table: LoadedTable, now: number, olderThanMs: number): (object: ObjectInfo) => boolean {
  const newest = versionOf(table.metadataLocation);
  return ({ key, modifiedAt }) => {
    const age = now - modifiedAt;
    const version = versionOf(key);
    if (version !== undefined) {
      return age > VERSIONS_KEPT_MS && newest !== undefined && version <= newest - VERSIONS_KEPT;
    }
    return age > olderThanMs && /\.(avro|parquet)$/.test(key);
  };
}

function versionOf(location: string): number | undefined {
  const number = /\/v(\d+)\.metadata\.json$/.exec(location)?.[1];
  return number === undefined ? undefined : Number(number);
}
