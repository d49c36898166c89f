import { loadTable } from './commit';
import type { Catalog } from './committer';
import { currentSnapshot, type Snapshot, type TableMetadata } from './metadata';
import { CUT, THROUGH } from './table';

export interface SnapshotInfo {
  id: bigint;
  parentId?: bigint;
  /** Unix milliseconds */
  committedAt: number;
  /** `append`, `replace`, or what another writer said */
  operation: string;
  /** last cut that it has, and how far in the log that is */
  cut?: number;
  throughPosition?: string;
  addedRecords: number;
  totalRecords: number;
  totalFiles: number;
  /** bytes */
  totalSize: number;
  isCurrent: boolean;
  /** the current one follows from it, or is it; others were rolled back */
  isInHistory: boolean;
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

function describe(snapshot: Snapshot, metadata: TableMetadata, history: ReadonlySet<bigint>): SnapshotInfo {
  const { summary, 'snapshot-id': id, 'parent-snapshot-id': parentId } = snapshot;
  return {
    id,
    ...(parentId !== undefined && { parentId }),
    committedAt: snapshot['timestamp-ms'],
    operation: summary.operation ?? 'unknown',
    ...(summary[CUT] !== undefined && { cut: Number(summary[CUT]), throughPosition: summary[THROUGH] }),
    addedRecords: Number(summary['added-records'] ?? 0),
    totalRecords: Number(summary['total-records'] ?? 0),
    totalFiles: Number(summary['total-data-files'] ?? 0),
    totalSize: Number(summary['total-files-size'] ?? 0),
    isCurrent: id === metadata['current-snapshot-id'],
    isInHistory: history.has(id),
  };
}
