import { commitToTable } from './commit';
import type { Catalog } from './committer';
import { MAIN, type Properties, type Snapshot } from './metadata';
import { newSnapshotId, stageSnapshot } from './new-snapshot';
import { snapshotNamed } from './snapshots';
import { summaryOfEmpty } from './summary';

/**
 * Makes an older snapshot the current one again. A table that is at this snapshot stays as it is.
 * @param propertiesAt what the table says of itself from then on; may throw to refuse the snapshot
 * @throws what `propertiesAt` throws; UnknownSnapshotError
 */
export async function rollbackTable(
  catalog: Catalog,
  name: string,
  snapshotId: bigint,
  propertiesAt: (snapshot: Snapshot) => Properties,
): Promise<void> {
  await commitToTable(catalog, name, async (base) => {
    const properties = propertiesAt(snapshotNamed(base, snapshotId));
    if (base.metadata['current-snapshot-id'] === snapshotId) return undefined;
    return {
      updates: [
        { action: 'set-snapshot-ref', 'ref-name': MAIN, type: 'branch', 'snapshot-id': snapshotId },
        { action: 'set-properties', updates: properties },
      ],
    };
  });
}

/**
 * Takes every row out of a table, in a snapshot of its own. No file of the table is read, so that its files
 * may be damaged or gone.
 * @param properties what the table says of itself from then on
 * @throws TableError when there is no such table, or its metadata cannot be read
 */
export async function emptyTable(catalog: Catalog, name: string, properties: Properties): Promise<void> {
  const id = newSnapshotId();
  await commitToTable(catalog, name, async (base) => {
    const summary = summaryOfEmpty(base.metadata);
    const plan = await stageSnapshot(catalog, base, { id, manifests: [], summary });
    return { ...plan, updates: [...plan.updates, { action: 'set-properties', updates: properties }] };
  });
}
