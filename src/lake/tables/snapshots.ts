import type { Catalog } from '../iceberg/committer';
import {
  type SnapshotInfo as IcebergSnapshotInfo,
  listSnapshots as listIcebergSnapshots,
} from '../iceberg/snapshots';
import { type CutOfSnapshot, cutOfSummary } from './stamp';

/** A snapshot of a dataset's table, with the last cut that it has. */
export type SnapshotInfo = Omit<IcebergSnapshotInfo, 'summary'> & CutOfSnapshot;

/** The snapshots of a table, newest first. @throws TableError when there is no such table */
export async function listSnapshots(catalog: Catalog, name: string): Promise<SnapshotInfo[]> {
  const snapshots = await listIcebergSnapshots(catalog, name);
  // Users see the fields in this order (`tidemark export snapshots --json`).
  return snapshots.map(({ id, parentId, committedAt, operation, summary, ...rest }) => ({
    id,
    ...(parentId !== undefined && { parentId }),
    committedAt,
    operation,
    ...cutOfSummary(summary),
    ...rest,
  }));
}
