import { randomBytes } from 'node:crypto';
import { type Plan, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { locationOf } from './location';
import { type ManifestFile, writeManifestList } from './manifest-list';
import { snapshotUpdates, timeOfChange } from './updates';

export interface NewSnapshot {
  id: bigint;
  /** newest first */
  manifests: readonly ManifestFile[];
  summary: Readonly<Record<string, string>>;
}

/** An id that no other snapshot has, of 63 bits. */
export function newSnapshotId(): bigint {
  return BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()) || 1n;
}

/**
 * Writes the manifest list of a snapshot that follows the current one.
 * @returns the commit that adds the snapshot
 */
export async function stageSnapshot(
  { store }: Catalog,
  base: LoadedTable,
  { id, manifests, summary }: NewSnapshot,
): Promise<Required<Plan>> {
  const { metadata } = base;
  const place = placeOf(base);
  const parentId = metadata['current-snapshot-id'];
  const sequenceNumber = metadata['last-sequence-number'] + 1;
  const list = await writeManifestList(store, place, { snapshotId: id, parentId, sequenceNumber }, manifests);
  const snapshot = {
    'snapshot-id': id,
    ...(parentId !== undefined && { 'parent-snapshot-id': parentId }),
    'sequence-number': sequenceNumber,
    'timestamp-ms': timeOfChange(metadata),
    'manifest-list': locationOf(place, list),
    summary,
    'schema-id': metadata['current-schema-id'],
  };
  const own = manifests.filter(({ added_snapshot_id }) => added_snapshot_id === id);
  return {
    updates: snapshotUpdates(snapshot),
    staged: [snapshot['manifest-list'], ...own.map(({ manifest_path }) => manifest_path)],
  };
}
