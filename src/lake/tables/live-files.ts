import type { Catalog } from '../iceberg/committer';
import { type LiveFile, liveFiles as liveIcebergFiles } from '../iceberg/live-files';
import { withRemedy } from './how-to-mend';
import { type CutOfSnapshot, cutOfSummary } from './stamp';

/**
 * A live data file, with the cut of the snapshot that added it; without one when that snapshot has expired.
 */
export type CutFile = Omit<LiveFile, 'summary'> & CutOfSnapshot;

/**
 * The live data files of a table, newest snapshot first. One manifest is in memory at a time.
 * @param snapshotId default: the current snapshot
 * @throws TableError when there is no such table or snapshot, or a part of its metadata is gone
 */
export async function* liveFiles(
  catalog: Catalog,
  name: string,
  snapshotId?: bigint,
): AsyncGenerator<CutFile, void, undefined> {
  try {
    for await (const { summary, ...file } of liveIcebergFiles(catalog, name, snapshotId))
      yield { ...file, ...cutOfSummary(summary) };
  } catch (error) {
    throw withRemedy(error);
  }
}
