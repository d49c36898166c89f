import { OvertakenError } from '../../concurrency/keep-trying';
import { commitToTable } from '../iceberg/commit';
import type { Catalog } from '../iceberg/committer';
import { TableError, UnknownSnapshotError } from '../iceberg/errors';
import { emptyTable as emptyIcebergTable, rollbackTable as rollbackIcebergTable } from '../iceberg/rollback';
import { atCut, cutOfSummary, RESUME_AFTER, resumingAfter } from './stamp';

/**
 * Makes an older snapshot the current one again. Later cuts are then exported anew (see RESUME_AFTER).
 * @returns number of the cut that the table has now
 * @throws TableError when there is no such snapshot, or it was not made by an export
 */
export async function rollbackTable(catalog: Catalog, name: string, snapshotId: bigint): Promise<number> {
  let cut = 0;
  await rollbackIcebergTable(catalog, name, snapshotId, ({ summary }) => {
    const known = cutOfSummary(summary).cut;
    if (known === undefined)
      throw new TableError(name, `snapshot ${snapshotId} does not say which cut it has`);
    cut = known;
    return { ...atCut(cut), ...resumingAfter(cut) };
  }).catch((error) => {
    if (!(error instanceof UnknownSnapshotError)) throw error;
    throw new TableError(name, `${error.reason}; see \`tidemark export snapshots ${name}\``);
  });
  return cut;
}

/**
 * Takes every row out of a table, in a snapshot of its own; all cuts are then exported again (see
 * RESUME_AFTER). No file of the table is read, so that its files may be damaged or gone.
 * @throws TableError when there is no such table, or its metadata cannot be read
 */
export const emptyTable = (catalog: Catalog, name: string): Promise<void> =>
  emptyIcebergTable(catalog, name, { ...atCut(0), ...resumingAfter(0) });

/**
 * Says that every cut after a rollback has been exported again.
 * @param resuming the value of RESUME_AFTER when exporting again began
 * @throws OvertakenError when the value is another one now
 */
export async function clearResumeAfter(catalog: Catalog, name: string, resuming: string): Promise<void> {
  await commitToTable(catalog, name, async ({ metadata }) => {
    if (metadata.properties[RESUME_AFTER] !== resuming)
      throw new OvertakenError(`table ${name} was rolled back, or resumed by another exporter`);
    return { updates: [{ action: 'remove-properties', removals: [RESUME_AFTER] }] };
  });
}
