import { formatJson } from './lossless-json';
import type { IcebergSchema, PartitionSpec } from './schema';

/** What a table or a snapshot says of itself, by name. */
export type Properties = Readonly<Record<string, string>>;

/**
 * Table metadata of format version 2, as its JSON has it. Times are Unix milliseconds. Fields that are not
 * named here are kept.
 */
export interface TableMetadata {
  'format-version': number;
  'table-uuid': string;
  location: string;
  'last-sequence-number': number;
  'last-updated-ms': number;
  'last-column-id': number;
  schemas: readonly IcebergSchema[];
  'current-schema-id': number;
  'partition-specs': readonly PartitionSpec[];
  'default-spec-id': number;
  'last-partition-id': number;
  'sort-orders': readonly { 'order-id': number; fields: readonly unknown[] }[];
  'default-sort-order-id': number;
  properties: Properties;
  /** undefined: nothing was committed yet */
  'current-snapshot-id'?: bigint;
  refs: Readonly<Record<string, SnapshotRef>>;
  snapshots: readonly Snapshot[];
  'snapshot-log': readonly { 'timestamp-ms': number; 'snapshot-id': bigint }[];
  'metadata-log': readonly { 'timestamp-ms': number; 'metadata-file': string }[];
}

export interface Snapshot {
  'snapshot-id': bigint;
  'parent-snapshot-id'?: bigint;
  'sequence-number': number;
  'timestamp-ms': number;
  /** absolute location */
  'manifest-list': string;
  summary: Properties;
  'schema-id'?: number;
}

export interface SnapshotRef {
  'snapshot-id': bigint;
  type: 'branch' | 'tag';
}

export const MAIN = 'main';

/** @throws Error when it is not metadata of format version 2 */
export function checkMetadata(json: unknown): TableMetadata {
  const raw = json as Partial<TableMetadata>;
  if (raw['format-version'] !== 2) {
    throw new Error(`format version ${String(raw['format-version'])} where only 2 is understood`);
  }
  const { 'current-snapshot-id': current, ...rest } = raw as TableMetadata;
  return {
    ...rest,
    properties: raw.properties ?? {},
    // Some writers say -1 where there is no snapshot.
    ...(current != null && current >= 0 && { 'current-snapshot-id': BigInt(current) }),
    refs: Object.fromEntries(Object.entries(raw.refs ?? {}).map(([name, ref]) => [name, withId(ref)])),
    snapshots: (raw.snapshots ?? []).map(withParent),
    'snapshot-log': (raw['snapshot-log'] ?? []).map(withId),
    'metadata-log': raw['metadata-log'] ?? [],
  };
}

const written = new WeakMap<object, string>();

/**
 * Metadata as JSON. The text of each element of its lists is remembered: otherwise every commit would cost as
 * much as all commits before it together.
 */
export function formatMetadata(metadata: TableMetadata): string {
  const fields = Object.entries(metadata).map(
    ([name, value]) =>
      `${JSON.stringify(name)}:${Array.isArray(value) ? formatList(value) : formatJson(value)}`,
  );
  return `{${fields.join(',')}}`;
}

function formatList(items: readonly object[]): string {
  return `[${items.map(formatOnce).join(',')}]`;
}

function formatOnce(item: object): string {
  let text = written.get(item);
  if (text === undefined) {
    text = formatJson(item);
    written.set(item, text);
  }
  return text;
}

export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const id = metadata['current-snapshot-id'];
  return id === undefined ? undefined : findSnapshot(metadata, id);
}

export function findSnapshot(metadata: TableMetadata, id: bigint): Snapshot | undefined {
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id);
}

export function currentSchema(metadata: TableMetadata): IcebergSchema {
  return metadata.schemas.find((schema) => schema['schema-id'] === metadata['current-schema-id'])!;
}

export function defaultSpec(metadata: TableMetadata): PartitionSpec {
  return metadata['partition-specs'].find((spec) => spec['spec-id'] === metadata['default-spec-id'])!;
}

/** Ids are bigints here, also those of few digits, which JSON gives as numbers. */
function withId<T extends { 'snapshot-id': bigint }>(value: T): T {
  return { ...value, 'snapshot-id': BigInt(value['snapshot-id']) };
}

function withParent(snapshot: Snapshot): Snapshot {
  const parent = snapshot['parent-snapshot-id'];
  return { ...withId(snapshot), ...(parent != null && { 'parent-snapshot-id': BigInt(parent) }) };
}
