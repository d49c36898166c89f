import { commitToTable, loadTable, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { entriesOf } from './live-files';
import { keyOf } from './location';
import { isLive, readManifest } from './manifest';
import { getObject, hasLiveFiles, type ManifestFile, readManifestList } from './manifest-list';
import type { Snapshot, TableMetadata } from './metadata';
import { historyOf } from './snapshots';

/**
 * Stops a deletion. Called with every state of the table that the deletion relies on; throws where nothing
 * may be deleted.
 */
export type DeletionGuard = (table: LoadedTable) => void;

/** Which snapshots stay. The current one and those with a name always do. */
export interface ExpireOptions {
  /** the newest so many of the current history; default 1 */
  keepLast?: number;
  /** those committed at or after this time, Unix milliseconds; default none */
  newerThan?: number;
  guard: DeletionGuard;
}

export interface ExpireResult {
  snapshots: number;
  dataFiles: number;
  /** manifests and manifest lists */
  metadataFiles: number;
}

/** Keys that are held at a time, so that memory does not depend on the size of the table. */
const BATCH = 50_000;
/**
 * Small objects that are read at once: one by one, most of the time is spent waiting for a distant bucket.
 */
const READS_AT_ONCE = 8;

/**
 * Forgets old snapshots, then deletes the files that no kept snapshot refers to. What an interrupted expiry
 * leaves are orphans.
 * @throws what `guard` throws; TableError
 */
export async function expireSnapshots(
  catalog: Catalog,
  name: string,
  { guard, ...options }: ExpireOptions,
): Promise<ExpireResult> {
  let expired: readonly Snapshot[] = [];
  await commitToTable(catalog, name, async (base) => {
    guard(base);
    expired = expiredSnapshots(base.metadata, options);
    if (expired.length === 0) return undefined;
    const ids = expired.map((snapshot) => snapshot['snapshot-id']);
    return { updates: [{ action: 'remove-snapshots', 'snapshot-ids': ids }] };
  });
  if (expired.length === 0) return { snapshots: 0, dataFiles: 0, metadataFiles: 0 };
  const table = await loadTable(catalog, name);
  return { snapshots: expired.length, ...(await deleteFilesOf(catalog, table, expired, guard)) };
}

/** The manifests of all snapshots that are kept, each once. */
export async function keptManifests(
  catalog: Catalog,
  table: LoadedTable,
): Promise<Map<string, ManifestFile>> {
  return manifestsOf(catalog, table, table.metadata.snapshots);
}

/** Removes from `keys` the keys of all data files that a kept snapshot refers to. */
export async function removeLive(
  catalog: Catalog,
  table: LoadedTable,
  kept: ReadonlyMap<string, ManifestFile>,
  keys: Set<string>,
): Promise<void> {
  const place = placeOf(table);
  for (const some of groupsOf([...kept.values()].filter(hasLiveFiles))) {
    if (keys.size === 0) return;
    const read = await Promise.all(
      some.map(async (manifest) => ({
        manifest,
        bytes: await getObject(catalog.store, place, manifest.manifest_path),
      })),
    );
    for (const { manifest, bytes } of read) {
      for (const entry of await readManifest(bytes, place, manifest)) {
        if (isLive(entry)) keys.delete(keyOf(place, entry.data_file.file_path));
      }
    }
  }
}

function expiredSnapshots(
  metadata: TableMetadata,
  { keepLast = 1, newerThan }: Omit<ExpireOptions, 'guard'>,
): Snapshot[] {
  const kept = new Set([
    ...historyOf(metadata)
      .slice(0, Math.max(keepLast, 1))
      .map((snapshot) => snapshot['snapshot-id']),
    ...Object.values(metadata.refs).map((ref) => ref['snapshot-id']),
  ]);
  return metadata.snapshots.filter(
    (snapshot) =>
      !kept.has(snapshot['snapshot-id']) &&
      !(newerThan !== undefined && snapshot['timestamp-ms'] >= newerThan),
  );
}

async function deleteFilesOf(
  catalog: Catalog,
  table: LoadedTable,
  expired: readonly Snapshot[],
  guard: DeletionGuard,
): Promise<Omit<ExpireResult, 'snapshots'>> {
  const { store } = catalog;
  const place = placeOf(table);
  const kept = await keptManifests(catalog, table);
  const unused = await manifestsOf(catalog, table, expired);
  for (const location of kept.keys()) unused.delete(location);
  let dataFiles = 0;
  let candidates = new Set<string>();
  const deleteCandidates = async () => {
    await removeLive(catalog, table, kept, candidates);
    // A rollback since then may have made some of these files needed again.
    guard(await loadTable(catalog, table.name));
    await store.delete([...candidates]);
    dataFiles += candidates.size;
    candidates = new Set();
  };
  for (const manifest of unused.values()) {
    for (const { data_file } of await entriesOf(catalog, table, manifest)) {
      candidates.add(keyOf(place, data_file.file_path));
    }
    if (candidates.size >= BATCH) await deleteCandidates();
  }
  await deleteCandidates();
  const lists = expired.map((snapshot) => snapshot['manifest-list']);
  const metadataFiles = [...unused.keys(), ...lists].map((location) => keyOf(place, location));
  await store.delete(metadataFiles);
  return { dataFiles, metadataFiles: metadataFiles.length };
}

async function manifestsOf(
  { store }: Catalog,
  table: LoadedTable,
  snapshots: readonly Snapshot[],
): Promise<Map<string, ManifestFile>> {
  const byLocation = new Map<string, ManifestFile>();
  for (const some of groupsOf(snapshots)) {
    const lists = await Promise.all(some.map((each) => readManifestList(store, placeOf(table), each)));
    for (const manifest of lists.flat()) byLocation.set(manifest.manifest_path, manifest);
  }
  return byLocation;
}

function* groupsOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += READS_AT_ONCE)
    yield items.slice(first, first + READS_AT_ONCE);
}
