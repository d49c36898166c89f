import { OvertakenError } from '../../concurrency/keep-trying';
import { commitToTable } from './commit';
import type { Catalog } from './committer';
import { TableError } from './errors';
import { findSnapshot, MAIN } from './metadata';
import { newSnapshotId, stageSnapshot } from './new-snapshot';
import { summaryOfEmpty } from './summary';
import { CUT, RESUME_AFTER, resumeAfter } from './table';

/**
 * Makes an older snapshot the current one again. Later cuts are then exported anew (see RESUME_AFTER).
 * @returns number of the cut that the table has now
 * @throws TableError when there is no such snapshot, or it was not made by an export
 */
export async function rollbackTable(catalog: Catalog, name: string, snapshotId: bigint): Promise<number> {
  let cut = '';
  await commitToTable(catalog, name, async ({ metadata }) => {
    const snapshot = findSnapshot(metadata, snapshotId);
    if (!snapshot)
      throw new TableError(name, `has no snapshot ${snapshotId}; see \`tidemark export snapshots ${name}\``);
    const known = snapshot.summary[CUT];
    if (known === undefined)
      throw new TableError(name, `snapshot ${snapshotId} does not say which cut it has`);
    cut = known;
    if (metadata['current-snapshot-id'] === snapshotId) return undefined;
    return {
      updates: [
        { action: 'set-snapshot-ref', 'ref-name': MAIN, type: 'branch', 'snapshot-id': snapshotId },
        { action: 'set-properties', updates: { [CUT]: cut, [RESUME_AFTER]: resumeAfter(Number(cut)) } },
      ],
    };
  });
  return Number(cut);
}

/**
 * Takes every row out of a table, in a snapshot of its own, and has all cuts exported again (see
 * RESUME_AFTER). Nothing of what it had is read, so it may be damaged or gone.
 * @throws TableError when there is no such table, or its metadata cannot be read
 */
export async function emptyTable(catalog: Catalog, name: string): Promise<void> {
  const id = newSnapshotId();
  await commitToTable(catalog, name, async (base) => {
    const summary = summaryOfEmpty(base.metadata);
    const plan = await stageSnapshot(catalog, base, { id, manifests: [], summary });
    const properties = { [CUT]: '0', [RESUME_AFTER]: resumeAfter(0) };
    return { ...plan, updates: [...plan.updates, { action: 'set-properties', updates: properties }] };
  });
}

/**
 * Says that every cut after a rollback has been exported again.
 * @param resuming the value of RESUME_AFTER that this was begun with
 * @throws OvertakenError when it is another now
 */
export async function clearResumeAfter(catalog: Catalog, name: string, resuming: string): Promise<void> {
  await commitToTable(catalog, name, async ({ metadata }) => {
    if (metadata.properties[RESUME_AFTER] !== resuming)
      throw new OvertakenError(`table ${name} was rolled back, or resumed by another exporter`);
    return { updates: [{ action: 'remove-properties', removals: [RESUME_AFTER] }] };
  });
}
