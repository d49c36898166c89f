import { loadTable, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { keyOf } from './location';
import { isLive, type ManifestEntry, readManifest } from './manifest';
import { getObject, hasLiveFiles, type ManifestFile, readManifestList } from './manifest-list';
import type { PartitionValue } from './manifest-schema';
import { currentSnapshot, defaultSpec, findSnapshot, type Properties } from './metadata';
import { snapshotNamed } from './snapshots';

/** A data file that belongs to a snapshot: whoever reads the snapshot reads the file. */
export interface LiveFile {
  /** key in the object store */
  path: string;
  /** a value for each field of `partitionBy`; a month is whole months since 1970-01 */
  partition: readonly PartitionValue[];
  recordCount: number;
  /** bytes */
  fileSize: number;
  /** the snapshot that added the file */
  snapshotId: bigint;
  /** of that snapshot; it rises along the history of the table */
  sequenceNumber: number;
  /** what that snapshot says of itself; undefined when it has expired */
  summary: Properties | undefined;
}

/**
 * The live data files of a table, newest snapshot first. One manifest is in memory at a time.
 * @param snapshotId default: the current snapshot
 * @throws TableError when there is no such table or snapshot, or a part of its metadata is gone
 */
export async function* liveFiles(
  catalog: Catalog,
  name: string,
  snapshotId?: bigint,
): AsyncGenerator<LiveFile, void, undefined> {
  const table = await loadTable(catalog, name);
  const snapshot =
    snapshotId === undefined ? currentSnapshot(table.metadata) : snapshotNamed(table, snapshotId);
  if (!snapshot) return;
  for (const manifest of await readManifestList(catalog.store, placeOf(table), snapshot)) {
    if (!hasLiveFiles(manifest)) continue;
    for (const entry of await entriesOf(catalog, table, manifest)) {
      if (isLive(entry)) yield liveFile(table, entry);
    }
  }
}

/** All entries of a manifest, those of deleted files too. */
export async function entriesOf(
  { store }: Catalog,
  table: LoadedTable,
  manifest: ManifestFile,
): Promise<ManifestEntry[]> {
  const place = placeOf(table);
  return readManifest(await getObject(store, place, manifest.manifest_path), place, manifest);
}

function liveFile(table: LoadedTable, { snapshot_id, sequence_number, data_file }: ManifestEntry): LiveFile {
  return {
    path: keyOf(placeOf(table), data_file.file_path),
    partition: defaultSpec(table.metadata).fields.map(({ name }) => data_file.partition[name] ?? null),
    recordCount: data_file.record_count,
    fileSize: data_file.file_size_in_bytes,
    snapshotId: snapshot_id,
    sequenceNumber: Number(sequence_number),
    summary: findSnapshot(table.metadata, snapshot_id)?.summary,
  };
}
