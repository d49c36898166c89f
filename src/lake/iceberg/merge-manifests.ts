import type { ObjectStore } from '../object-store/object-store';
import { placeOf } from './commit';
import type { LoadedTable } from './committer';
import { EXISTING, isLive, type ManifestEntry, readManifest, writeManifest } from './manifest';
import { getObject, type ManifestFile } from './manifest-list';
import { currentSchema, defaultSpec } from './metadata';

/** A shorter list is left alone: otherwise every commit would write a manifest again. */
const MERGE_FROM = 100;
const LARGEST_BYTES = 4 * 1024 * 1024;
/**
 * An older manifest is merged only when the newer ones have at least this part of its number of files. So
 * each entry is written again a few times in all.
 */
const WORTHWHILE = 1 / 3;

/**
 * Keeps the list of manifests short, so that a commit costs the same however many commits there were before:
 * the newest manifests of a long list become one manifest of existing files.
 * @param manifests newest first; the first one is new
 * @returns the manifests of the next list, newest first
 */
export async function mergeManifests(
  store: ObjectStore,
  base: LoadedTable,
  snapshotId: bigint,
  manifests: readonly ManifestFile[],
): Promise<ManifestFile[]> {
  const [added, ...older] = manifests as [ManifestFile, ...ManifestFile[]];
  const count = older.length < MERGE_FROM ? 0 : countToMerge(older);
  if (count < 2) return [...manifests];
  const entries: ManifestEntry[] = [];
  for (const manifest of older.slice(0, count)) {
    const bytes = await getObject(store, placeOf(base), manifest.manifest_path);
    const live = (await readManifest(bytes, placeOf(base), manifest)).filter(isLive);
    for (const entry of live) entries.push({ ...entry, status: EXISTING });
  }
  const format = { schema: currentSchema(base.metadata), spec: defaultSpec(base.metadata) };
  const merged = await writeManifest(store, placeOf(base), format, snapshotId, entries);
  return [added, merged, ...older.slice(count)];
}

function countToMerge(manifests: readonly ManifestFile[]): number {
  let [bytes, files] = [0, 0];
  for (const [index, manifest] of manifests.entries()) {
    const more = manifest.added_files_count + manifest.existing_files_count;
    bytes += manifest.manifest_length;
    if (bytes > LARGEST_BYTES || (index > 0 && files < more * WORTHWHILE)) return index;
    files += more;
  }
  return manifests.length;
}
