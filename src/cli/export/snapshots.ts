import type { SnapshotInfo } from '../../lake/tables/snapshots';
import { type Cell, printJson, printTable } from '../output';
import { datasetNamed, withTables } from './open-lake';

/** `tidemark export snapshots` */
export async function snapshots(name: string, { json }: { json?: boolean }): Promise<void> {
  const dataset = await datasetNamed(name);
  const { listSnapshots } = await import('../../lake/tables/snapshots.js');
  await withTables('snapshots', async ({ lake }) => {
    const found = await listSnapshots(lake, dataset.name);
    if (json) printJson(found.map((each) => ({ ...each, committedAt: timeOf(each) })));
    else if (found.length === 0) process.stdout.write('No snapshot yet.\n');
    else printTable(found.map(lineOf));
  });
}

const timeOf = ({ committedAt }: SnapshotInfo): string => new Date(committedAt).toISOString();

function lineOf(snapshot: SnapshotInfo): Record<string, Cell> {
  const { id, operation, cut, addedRecords, totalRecords, totalFiles, isCurrent, isInHistory } = snapshot;
  return {
    snapshot: String(id),
    committed: timeOf(snapshot),
    operation,
    cut,
    added: addedRecords,
    rows: totalRecords,
    files: totalFiles,
    state: isCurrent ? 'current' : isInHistory ? '' : 'rolled back',
  };
}
