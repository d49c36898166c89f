import { DAY_MS } from '../../domain/calendar';
import type { ObjectInfo } from '../object-store/object-store';
import { loadTable, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { checkNotResuming, keptManifests, removeLive } from './expire';
import { keyOf } from './location';
import { CUT } from './table';

/**
 * Metadata files of old versions stay longer, because who was stopped for a while may believe that one is the
 * newest.
 */
const VERSIONS_KEPT_MS = 7 * DAY_MS;
const VERSIONS_KEPT = 100;
const BATCH = 50_000;

export interface OrphanOptions {
  /** younger ones may belong to a commit under way; milliseconds, default a day */
  olderThanMs?: number;
  /** Unix milliseconds; default the clock's */
  now?: number;
}

/**
 * Deletes what lies in the folder of a table and no kept snapshot refers to: what commits that failed left
 * over, and metadata files of old versions. A file of a cut that the table does not have yet stays, however
 * old.
 * @returns number of files
 */
export async function deleteOrphans(
  catalog: Catalog,
  name: string,
  { olderThanMs = DAY_MS, now = Date.now() }: OrphanOptions = {},
): Promise<number> {
  const table = await loadTable(catalog, name);
  checkNotResuming(table);
  const isOld = oldEnough(table, now, olderThanMs);
  let deleted = 0;
  let candidates = new Set<string>();
  const deleteCandidates = async () => {
    await removeReferenced(catalog, name, candidates);
    await catalog.store.delete([...candidates]);
    deleted += candidates.size;
    candidates = new Set();
  };
  for await (const object of catalog.store.list(`${name}/`)) {
    if (isOld(object)) candidates.add(object.key);
    if (candidates.size === BATCH) await deleteCandidates();
  }
  await deleteCandidates();
  return deleted;
}

/** As the table is now, not as it was when the listing began. */
async function removeReferenced(catalog: Catalog, name: string, keys: Set<string>): Promise<void> {
  if (keys.size === 0) return;
  const table = await loadTable(catalog, name);
  checkNotResuming(table);
  const place = placeOf(table);
  const kept = await keptManifests(catalog, table);
  for (const location of kept.keys()) keys.delete(keyOf(place, location));
  for (const snapshot of table.metadata.snapshots) keys.delete(keyOf(place, snapshot['manifest-list']));
  await removeLive(catalog, table, kept, keys);
}

function oldEnough(table: LoadedTable, now: number, olderThanMs: number): (object: ObjectInfo) => boolean {
  const newest = versionOf(table.metadataLocation);
  const cut = Number(table.metadata.properties[CUT] ?? -1);
  return ({ key, modifiedAt }) => {
    const age = now - modifiedAt;
    const version = versionOf(key);
    if (version !== undefined) {
      return age > VERSIONS_KEPT_MS && newest !== undefined && version <= newest - VERSIONS_KEPT;
    }
    const cutOfFile = /\/(\d+)(-[0-9a-f]{16})?\.parquet$/.exec(key)?.[1];
    if (cutOfFile && Number(cutOfFile) > cut) return false;
    return age > olderThanMs && /\.(avro|parquet)$/.test(key);
  };
}

function versionOf(location: string): number | undefined {
  const number = /\/v(\d+)\.metadata\.json$/.exec(location)?.[1];
  return number === undefined ? undefined : Number(number);
}
