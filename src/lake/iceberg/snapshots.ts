import { loadTable } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { UnknownSnapshotError } from './errors';
import {
  currentSnapshot,
  findSnapshot,
  type Properties,
  type Snapshot,
  type TableMetadata,
} from './metadata';

export interface SnapshotInfo {
  id: bigint;
  parentId?: bigint;
  /** Unix milliseconds */
  committedAt: number;
  /** `append`, `replace`, `delete`, or what another writer said */
  operation: string;
  addedRecords: number;
  totalRecords: number;
  totalFiles: number;
  /** bytes */
  totalSize: number;
  isCurrent: boolean;
  /** false: it was rolled back; the current snapshot does not follow from it */
  isInHistory: boolean;
  /** all that the snapshot says of itself */
  summary: Properties;
}

/** The snapshots of a table, newest first. @throws TableError when there is no such table */
export async function listSnapshots(catalog: Catalog, name: string): Promise<SnapshotInfo[]> {
  const { metadata } = await loadTable(catalog, name);
  const history = new Set(historyOf(metadata).map((snapshot) => snapshot['snapshot-id']));
  return metadata.snapshots.map((snapshot) => describe(snapshot, metadata, history)).reverse();
}

/** The current snapshot and those that it follows from, newest first, as far back as they are kept. */
export function historyOf(metadata: TableMetadata): Snapshot[] {
  const history: Snapshot[] = [];
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  let snapshot = currentSnapshot(metadata);
  while (snapshot) {
    history.push(snapshot);
    const parent: bigint | undefined = snapshot['parent-snapshot-id'];
    snapshot = parent === undefined ? undefined : byId.get(parent);
  }
  return history;
}

/** @throws UnknownSnapshotError */
export function snapshotNamed({ name, metadata }: LoadedTable, id: bigint): Snapshot {
  const snapshot = findSnapshot(metadata, id);
  if (!snapshot) throw new UnknownSnapshotError(name, id);
  return snapshot;
}

function describe(snapshot: Snapshot, metadata: TableMetadata, history: ReadonlySet<bigint>): SnapshotInfo {
  const { summary, 'snapshot-id': id, 'parent-snapshot-id': parentId } = snapshot;
  return {
    id,
    ...(parentId !== undefined && { parentId }),
    committedAt: snapshot['timestamp-ms'],
    operation: summary.operation ?? 'unknown',
    addedRecords: Number(summary['added-records'] ?? 0),
    totalRecords: Number(summary['total-records'] ?? 0),
    totalFiles: Number(summary['total-data-files'] ?? 0),
    totalSize: Number(summary['total-files-size'] ?? 0),
    isCurrent: id === metadata['current-snapshot-id'],
    isInHistory: history.has(id),
    summary,
  };
}
