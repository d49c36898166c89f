import { commitToTable, loadTable, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { TableError } from './errors';
import { entriesOf } from './live-files';
import { keyOf } from './location';
import { isLive, readManifest } from './manifest';
import { getObject, hasLiveFiles, type ManifestFile, readManifestList } from './manifest-list';
import type { Snapshot, TableMetadata } from './metadata';
import { historyOf } from './snapshots';
import { rolledBackTo } from './table';

/** A snapshot stays that one of these keeps; the current one and whatever has a name stay always. */
export interface ExpireOptions {
  /** so many of the current history; default 1 */
  keepLast?: number;
  /** those committed at or after this, Unix milliseconds; default none */
  newerThan?: number;
}

export interface ExpireResult {
  snapshots: number;
  dataFiles: number;
  /** manifests and manifest lists */
  metadataFiles: number;
}

/** Keys that are looked for at a time, so that memory is bounded. */
const BATCH = 50_000;
/** Small objects that are read at once: they hide the time that a distant bucket takes. */
const READS_AT_ONCE = 8;

/**
 * Forgets old snapshots, then deletes the files that no other snapshot refers to. When it is interrupted,
 * what is left over are orphans.
 * @throws TableError while cuts are to be exported again after a rollback: they may be the very files
 */
export async function expireSnapshots(
  catalog: Catalog,
  name: string,
  options: ExpireOptions = {},
): Promise<ExpireResult> {
  let expired: readonly Snapshot[] = [];
  await commitToTable(catalog, name, async (base) => {
    checkNotResuming(base);
    expired = expiredSnapshots(base.metadata, options);
    if (expired.length === 0) return undefined;
    const ids = expired.map((snapshot) => snapshot['snapshot-id']);
    return { updates: [{ action: 'remove-snapshots', 'snapshot-ids': ids }] };
  });
  if (expired.length === 0) return { snapshots: 0, dataFiles: 0, metadataFiles: 0 };
  const table = await loadTable(catalog, name);
  return { snapshots: expired.length, ...(await deleteFilesOf(catalog, table, expired)) };
}

export function checkNotResuming({ name, metadata }: LoadedTable): void {
  const cut = rolledBackTo(metadata);
  if (cut === undefined) return;
  throw new TableError(
    name,
    `was rolled back to cut ${cut} and is being exported again; nothing is deleted until then`,
  );
}

/** The manifests of all snapshots that are kept, each once. */
export async function keptManifests(
  catalog: Catalog,
  table: LoadedTable,
): Promise<Map<string, ManifestFile>> {
  return manifestsOf(catalog, table, table.metadata.snapshots);
}

/** Takes the keys of every file that a kept snapshot has to read out of `keys`. */
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

function expiredSnapshots(metadata: TableMetadata, { keepLast = 1, newerThan }: ExpireOptions): Snapshot[] {
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
    // A rollback meanwhile may have these very files exported again.
    checkNotResuming(await loadTable(catalog, table.name));
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
