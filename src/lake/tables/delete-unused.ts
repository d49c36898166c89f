import type { Catalog, LoadedTable } from '../iceberg/committer';
import { TableError } from '../iceberg/errors';
import {
  type ExpireOptions,
  type ExpireResult,
  expireSnapshots as expireIcebergSnapshots,
} from '../iceberg/expire';
import { deleteOrphans as deleteIcebergOrphans, type OrphanOptions } from '../iceberg/orphans';
import { sayingHowToMend } from './how-to-mend';
import { isOfLaterCut, rolledBackTo } from './stamp';

/**
 * Forgets old snapshots of a table, then deletes the files that no kept snapshot refers to. What an
 * interrupted expiry leaves are orphans.
 * @throws TableError while cuts are to be exported again after a rollback
 */
export const expireSnapshots = (
  catalog: Catalog,
  name: string,
  options: Omit<ExpireOptions, 'guard'> = {},
): Promise<ExpireResult> =>
  sayingHowToMend(() => expireIcebergSnapshots(catalog, name, { ...options, guard: refuseWhileResuming }));

/**
 * Deletes the files in the folder of a table that no kept snapshot refers to: those that failed commits have
 * left, and metadata files of old versions. Files of a cut that the table does not have yet stay.
 * @returns number of files
 * @throws TableError while cuts are to be exported again after a rollback
 */
export const deleteOrphans = (
  catalog: Catalog,
  name: string,
  options: Omit<OrphanOptions, 'guard' | 'isPending'> = {},
): Promise<number> =>
  sayingHowToMend(() =>
    deleteIcebergOrphans(catalog, name, { ...options, guard: refuseWhileResuming, isPending: isOfLaterCut }),
  );

/** Files of the cuts that are exported again have their old names: the export takes those that are there. */
function refuseWhileResuming({ name, metadata }: LoadedTable): void {
  const cut = rolledBackTo(metadata);
  if (cut === undefined) return;
  throw new TableError(
    name,
    `was rolled back to cut ${cut} and is being exported again; nothing is deleted until then`,
  );
}
