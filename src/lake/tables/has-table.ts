import { CutLog } from '../cuts/cut-log';
import { badRows } from '../datasets/bad-rows.dataset';
import { LakeError } from '../errors/lake-error';
import type { Catalog } from '../iceberg/committer';

/**
 * Tells whether a dataset has a table. A dataset that is new in the lake gets its table with the next export.
 * @throws LakeError when the dataset had a table, which is gone
 */
export async function hasTable({ store, committer }: Catalog, dataset: string): Promise<boolean> {
  if (await committer.load(dataset)) return true;
  const cuts = new CutLog(store);
  const latest = await cuts.latest();
  const isNew = dataset !== badRows.name && latest && (await cuts.coveredThrough(dataset, latest)) === '';
  if (!latest || isNew) return false;
  throw new LakeError(
    `The lake ${store.root} has lost its table ${dataset}: there is nothing in ${dataset}/metadata. ` +
      '`tidemark export run` exports it again.',
  );
}
