import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../object-store/object-store';
import { decodeAvroFile, encodeAvroFile } from './avro-file';
import { TableError } from './errors';
import { keyOf, type Place } from './location';
import { manifestListSchema } from './manifest-schema';
import { currentSnapshot, type Snapshot, type TableMetadata } from './metadata';

/** An entry of a manifest list. Fields have the names of the format. */
export interface ManifestFile {
  /** absolute location */
  manifest_path: string;
  /** bytes */
  manifest_length: number;
  partition_spec_id: number;
  content: number;
  /** null until the snapshot that adds the manifest has its sequence number */
  sequence_number: number | null;
  min_sequence_number: number | null;
  added_snapshot_id: bigint;
  added_files_count: number;
  existing_files_count: number;
  deleted_files_count: number;
  added_rows_count: number;
  existing_rows_count: number;
  deleted_rows_count: number;
  partitions: FieldSummary[] | null;
  key_metadata: Buffer | null;
}

export interface FieldSummary {
  contains_null: boolean;
  contains_nan: boolean | null;
  lower_bound: Buffer | null;
  upper_bound: Buffer | null;
}

export interface SnapshotIds {
  snapshotId: bigint;
  parentId: bigint | undefined;
  sequenceNumber: number;
}

/** Tells whether any file of the manifest is live. */
export const hasLiveFiles = (manifest: ManifestFile): boolean =>
  manifest.added_files_count + manifest.existing_files_count > 0;

/**
 * Writes the manifest list of a snapshot under a new name; new manifests get its sequence number.
 * @returns its key
 */
export async function writeManifestList(
  store: ObjectStore,
  place: Place,
  { snapshotId, parentId, sequenceNumber }: SnapshotIds,
  manifests: readonly ManifestFile[],
): Promise<string> {
  const key = `${place.table}/metadata/snap-${snapshotId}-${randomUUID()}.avro`;
  const records = manifests.map((manifest) => ({
    ...manifest,
    sequence_number: manifest.sequence_number ?? sequenceNumber,
    min_sequence_number: manifest.min_sequence_number ?? sequenceNumber,
  }));
  const bytes = await encodeAvroFile(manifestListSchema, records, {
    'snapshot-id': String(snapshotId),
    'parent-snapshot-id': String(parentId ?? null),
    'sequence-number': String(sequenceNumber),
    'format-version': '2',
  });
  await store.putIfAbsent(key, bytes);
  return key;
}

/** The manifests of a snapshot. @throws TableError when the list is missing or cannot be read */
export async function readManifestList(
  store: ObjectStore,
  place: Place,
  snapshot: Snapshot,
): Promise<ManifestFile[]> {
  const location = snapshot['manifest-list'];
  return recordsIn(await getObject(store, place, location), place, location);
}

/** The manifests of the current snapshot that have live files, newest first. */
export async function liveManifests(
  store: ObjectStore,
  place: Place,
  metadata: TableMetadata,
): Promise<ManifestFile[]> {
  const current = currentSnapshot(metadata);
  return current ? (await readManifestList(store, place, current)).filter(hasLiveFiles) : [];
}

/** An object that the table's metadata refers to. @throws TableError when it is gone */
export async function getObject(store: ObjectStore, place: Place, location: string): Promise<Buffer> {
  const bytes = await store.get(keyOf(place, location));
  if (!bytes) throw new TableError(place.table, `${location} is gone`, 'refill');
  return bytes;
}

/**
 * The records of an Avro file that the table's metadata refers to.
 * @throws TableError when the file cannot be read
 */
export async function recordsIn<T>(bytes: Buffer, place: Place, location: string): Promise<T[]> {
  try {
    return (await decodeAvroFile<T>(bytes)).records;
  } catch (error) {
    throw unreadable(place, location, (error as Error).message);
  }
}

export const unreadable = ({ table }: Place, location: string, reason: string): TableError =>
  new TableError(table, `${location} cannot be read: ${reason}`, 'refill');
