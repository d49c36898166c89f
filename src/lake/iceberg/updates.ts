import { currentSnapshot, MAIN, type Snapshot, type TableMetadata } from './metadata';
import type { IcebergSchema } from './schema';

/** A change of table metadata, as Iceberg's REST protocol words it. */
export type TableUpdate =
  | { action: 'add-schema'; schema: IcebergSchema; 'last-column-id': number }
  /** -1: the schema that was added last */
  | { action: 'set-current-schema'; 'schema-id': -1 }
  | { action: 'add-snapshot'; snapshot: Snapshot }
  | { action: 'set-snapshot-ref'; 'ref-name': typeof MAIN; type: 'branch'; 'snapshot-id': bigint }
  | { action: 'remove-snapshots'; 'snapshot-ids': readonly bigint[] }
  | { action: 'set-properties'; updates: Readonly<Record<string, string>> }
  | { action: 'remove-properties'; removals: readonly string[] };

/** So many earlier metadata files are named in the newest one. */
const METADATA_LOG_ENTRIES = 100;

/** The time of a change, Unix milliseconds: never before the last change, whatever the clock says. */
export const timeOfChange = (base: TableMetadata): number => Math.max(Date.now(), base['last-updated-ms']);

/**
 * The metadata after some updates.
 * @param baseLocation absolute location of `base`
 */
export function applyUpdates(
  base: TableMetadata,
  baseLocation: string,
  updates: readonly TableUpdate[],
): TableMetadata {
  const next = updates.reduce(apply, { ...base, 'last-updated-ms': timeOfChange(base) });
  const previous = { 'timestamp-ms': base['last-updated-ms'], 'metadata-file': baseLocation };
  return { ...next, 'metadata-log': [...base['metadata-log'], previous].slice(-METADATA_LOG_ENTRIES) };
}

function apply(metadata: TableMetadata, update: TableUpdate): TableMetadata {
  switch (update.action) {
    case 'add-schema':
      return {
        ...metadata,
        schemas: [...metadata.schemas, update.schema],
        'last-column-id': Math.max(metadata['last-column-id'], update['last-column-id']),
      };
    case 'set-current-schema':
      return { ...metadata, 'current-schema-id': metadata.schemas.at(-1)!['schema-id'] };
    case 'add-snapshot':
      return {
        ...metadata,
        snapshots: [...metadata.snapshots, update.snapshot],
        'last-sequence-number': update.snapshot['sequence-number'],
        'last-updated-ms': update.snapshot['timestamp-ms'],
      };
    case 'set-snapshot-ref':
      return setMain(metadata, update['snapshot-id']);
    case 'remove-snapshots':
      return removeSnapshots(metadata, new Set(update['snapshot-ids']));
    case 'set-properties':
      return { ...metadata, properties: { ...metadata.properties, ...update.updates } };
    case 'remove-properties': {
      const kept = Object.entries(metadata.properties).filter(([name]) => !update.removals.includes(name));
      return { ...metadata, properties: Object.fromEntries(kept) };
    }
  }
}

function setMain(metadata: TableMetadata, id: bigint): TableMetadata {
  const entry = { 'timestamp-ms': metadata['last-updated-ms'], 'snapshot-id': id };
  return {
    ...metadata,
    'current-snapshot-id': id,
    refs: { ...metadata.refs, [MAIN]: { 'snapshot-id': id, type: 'branch' } },
    'snapshot-log': [...metadata['snapshot-log'], entry],
  };
}

/**
 * Readers that look for the snapshot of a time need a log without gaps, so the entries before a removed
 * snapshot go as well.
 */
function removeSnapshots(metadata: TableMetadata, ids: ReadonlySet<bigint>): TableMetadata {
  const log = metadata['snapshot-log'];
  const lastRemoved = log.findLastIndex((entry) => ids.has(entry['snapshot-id']));
  return {
    ...metadata,
    snapshots: metadata.snapshots.filter((snapshot) => !ids.has(snapshot['snapshot-id'])),
    'snapshot-log': log.slice(lastRemoved + 1),
  };
}

/** The updates that make a snapshot the current one of `base`. */
export function snapshotUpdates(snapshot: Snapshot): TableUpdate[] {
  return [
    { action: 'add-snapshot', snapshot },
    {
      action: 'set-snapshot-ref',
      'ref-name': MAIN,
      type: 'branch',
      'snapshot-id': snapshot['snapshot-id'],
    },
  ];
}

/** The id of the snapshot that these updates add; undefined when they add none. */
export function addedSnapshotId(updates: readonly TableUpdate[]): bigint | undefined {
  for (const update of updates) {
    if (update.action === 'add-snapshot') return update.snapshot['snapshot-id'];
  }
  return undefined;
}

/** A total in the summary of the current snapshot; 0 before the first snapshot. */
export function totalOf(metadata: TableMetadata, counter: string): number {
  return Number(currentSnapshot(metadata)?.summary[counter] ?? 0);
}
