import { type CompactTableOptions, compactTable } from '../compact-table';
import type { Dataset } from '../dataset';
import type { Catalog } from '../iceberg/committer';
import { expireSnapshots } from '../iceberg/expire';
import { deleteOrphans } from '../iceberg/orphans';

/** A partition with fewer small files is left alone, so that rows are not written again and again. */
const MIN_FILES = 50;
/** The metadata of a table lists every snapshot and is written with each commit. */
const KEEP_SNAPSHOTS = 500;

/**
 * Keeps a table quick to commit to and to read while it grows, one small file every few seconds: what the commands `compact` and
 * `expire` do, with less ambition.
 */
export async function tidyTable(
  catalog: Catalog,
  dataset: Dataset,
  options: CompactTableOptions,
): Promise<void> {
  await compactTable(catalog, dataset, { ...options, minFiles: MIN_FILES });
  await expireSnapshots(catalog, dataset.name, { keepLast: KEEP_SNAPSHOTS });
  await deleteOrphans(catalog, dataset.name);
}
