import { stat } from 'node:fs/promises';
import type { Config } from './config';
import { type Finding, failed, ok } from './finding';

const CHECK = 'lake';

/**
 * Checks that the exporter could work: the lake can be opened and written to, lets one writer win, and
 * belongs to this event store. Checks nothing where this process would not have role exporter.
 * @param storeIdentity absent while there is no event store
 */
export async function diagnoseLake({ roles, lake }: Config, storeIdentity?: string): Promise<Finding[]> {
  if (!roles.includes('exporter')) return [];
  const [{ openLake }, { checkOwner }, { testObjectStore }, { ownPath }, { ForeignLakeError }] =
    await Promise.all([
      import('../lake/open-lake.js'),
      import('../lake/lake-identity.js'),
      import('../lake/object-store/self-test.js'),
      import('../lake/local-files/local-file.js'),
      import('../lake/errors/lake-error.js'),
    ]);
  try {
    const { store, close } = await openLake(lake);
    try {
      const folder = ownPath(store, '');
      if (folder !== undefined && !(await stat(folder).catch(() => null)))
        return [ok(CHECK, `${store.root}, none yet; the first export creates it`)];
      await testObjectStore(store);
      const owner = storeIdentity === undefined ? undefined : await checkOwner(store, storeIdentity);
      return [
        ok(CHECK, `${store.root}, ${owner === undefined ? 'nothing exported yet' : 'of this event store'}`),
      ];
    } finally {
      await close();
    }
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof ForeignLakeError) return [failed(CHECK, message)];
    return [failed(CHECK, message, 'Mend it, or choose another LAKE_URL.')];
  }
}
