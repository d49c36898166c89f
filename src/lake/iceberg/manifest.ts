import { randomUUID } from 'node:crypto';
import { type TableDefinition, type Value, valueId } from '../columns/table-definition';
import type { ObjectStore } from '../object-store/object-store';
import { encodeAvroFile } from './avro-file';
import type { DataFile } from './data-file';
import { locationOf, type Place } from './location';
import { type ManifestFile, recordsIn, unreadable } from './manifest-list';
import { manifestSchema, type PartitionValue } from './manifest-schema';
import { summariesOf } from './partition-summary';
import type { IcebergSchema, PartitionSpec } from './schema';
import { encodeLower, encodeUpper } from './single-value';

export const EXISTING = 0;
export const ADDED = 1;
export const DELETED = 2;

/** An entry of a manifest. Fields have the names of the format. */
export interface ManifestEntry {
  status: typeof EXISTING | typeof ADDED | typeof DELETED;
  /** the snapshot that added the file; where the status is DELETED, the one that deleted it */
  snapshot_id: bigint;
  /** null: that of the snapshot, which is known when it is committed */
  sequence_number: number | null;
  file_sequence_number: number | null;
  data_file: DataFileRecord;
}

export interface DataFileRecord {
  content: number;
  /** absolute location */
  file_path: string;
  file_format: string;
  /** by the name of the partition field */
  partition: Readonly<Record<string, PartitionValue>>;
  record_count: number;
  /** bytes */
  file_size_in_bytes: number;
  column_sizes: Pair<number>[] | null;
  value_counts: Pair<number>[] | null;
  null_value_counts: Pair<number>[] | null;
  nan_value_counts: Pair<number>[] | null;
  lower_bounds: Pair<Buffer>[] | null;
  upper_bounds: Pair<Buffer>[] | null;
  key_metadata: Buffer | null;
  split_offsets: number[] | null;
  equality_ids: number[] | null;
  sort_order_id: number | null;
}

interface Pair<T> {
  key: number;
  value: T;
}

/** The schema and partitioning that a manifest says its files have. */
export interface ManifestFormat {
  schema: IcebergSchema;
  spec: PartitionSpec;
}

export const isLive = ({ status }: ManifestEntry): boolean => status !== DELETED;

/** The entry of a file that a snapshot adds. */
export function addedEntry(
  place: Place,
  definition: TableDefinition,
  spec: PartitionSpec,
  file: DataFile,
  snapshotId: bigint,
): ManifestEntry {
  return {
    status: ADDED,
    snapshot_id: snapshotId,
    sequence_number: null,
    file_sequence_number: null,
    data_file: {
      content: 0,
      file_path: locationOf(place, file.path),
      file_format: 'PARQUET',
      partition: Object.fromEntries(
        spec.fields.map(({ name }, index) => [name, file.partition[index] as PartitionValue]),
      ),
      record_count: file.recordCount,
      file_size_in_bytes: file.fileSize,
      column_sizes: counts(file.columnSizes),
      value_counts: counts(file.valueCounts),
      null_value_counts: counts(file.nullCounts),
      nan_value_counts: null,
      lower_bounds: bounds(definition, file.lower, encodeLower),
      upper_bounds: bounds(definition, file.upper, encodeUpper),
      key_metadata: null,
      split_offsets: null,
      equality_ids: null,
      sort_order_id: 0,
    },
  };
}

/**
 * Writes a manifest under a new name.
 * @param entries at least one
 * @returns its entry for the manifest list; a sequence number is null where it is to be the snapshot's
 */
export async function writeManifest(
  store: ObjectStore,
  place: Place,
  { schema, spec }: ManifestFormat,
  snapshotId: bigint,
  entries: readonly ManifestEntry[],
): Promise<ManifestFile> {
  const key = `${place.table}/metadata/${randomUUID()}-m0.avro`;
  const bytes = await encodeAvroFile(manifestSchema(schema, spec), entries, {
    schema: JSON.stringify(schema),
    'schema-id': String(schema['schema-id']),
    'partition-spec': JSON.stringify(spec.fields),
    'partition-spec-id': String(spec['spec-id']),
    'format-version': '2',
    content: 'data',
  });
  await store.putIfAbsent(key, bytes);
  return {
    manifest_path: locationOf(place, key),
    manifest_length: bytes.length,
    partition_spec_id: spec['spec-id'],
    content: 0,
    sequence_number: null,
    min_sequence_number: lowest(entries),
    added_snapshot_id: snapshotId,
    ...tally(entries),
    partitions: summariesOf(
      schema,
      spec,
      entries.map(({ data_file }) => data_file.partition),
    ),
    key_metadata: null,
  };
}

/**
 * The entries of a manifest, with the values that they inherit from its entry in the manifest list.
 * @throws TableError when the manifest cannot be read
 */
export async function readManifest(
  bytes: Buffer,
  place: Place,
  file: ManifestFile,
): Promise<ManifestEntry[]> {
  type Stored = ManifestEntry & { snapshot_id: bigint | null };
  // A manifest that ends behind its header would read as a whole manifest without entries.
  if (bytes.length !== file.manifest_length)
    throw unreadable(place, file.manifest_path, `it has ${bytes.length} bytes of ${file.manifest_length}`);
  const records = await recordsIn<Stored>(bytes, place, file.manifest_path);
  return records.map((entry) => ({
    ...entry,
    snapshot_id: entry.snapshot_id ?? file.added_snapshot_id,
    sequence_number: entry.sequence_number ?? file.sequence_number,
    file_sequence_number: entry.file_sequence_number ?? file.sequence_number,
  }));
}

function counts(byId: ReadonlyMap<number, number>): Pair<number>[] {
  return [...byId].map(([key, value]) => ({ key, value }));
}

type Encode = typeof encodeUpper;

function bounds(
  { columns }: TableDefinition,
  byId: ReadonlyMap<number, Value>,
  encode: Encode,
): Pair<Buffer>[] {
  return columns.flatMap((column) => {
    const key = valueId(column);
    const value = byId.get(key);
    const encoded = value === undefined || value === null ? undefined : encode(column.type, value);
    return encoded ? [{ key, value: encoded }] : [];
  });
}

/** The lowest sequence number of the live files; null when all are to get the number of the new snapshot. */
function lowest(entries: readonly ManifestEntry[]): number | null {
  const known = entries.flatMap((entry) =>
    isLive(entry) && entry.sequence_number !== null ? [entry.sequence_number] : [],
  );
  return known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b));
}

function tally(entries: readonly ManifestEntry[]) {
  const of = (status: ManifestEntry['status']) => entries.filter((entry) => entry.status === status);
  const rows = (some: readonly ManifestEntry[]) =>
    some.reduce((sum, { data_file }) => sum + data_file.record_count, 0);
  const [added, existing, deleted] = [of(ADDED), of(EXISTING), of(DELETED)];
  return {
    added_files_count: added.length,
    existing_files_count: existing.length,
    deleted_files_count: deleted.length,
    added_rows_count: rows(added),
    existing_rows_count: rows(existing),
    deleted_rows_count: rows(deleted),
  };
}
