import { lakeIdentity } from '../../export/exporter/lake-identity';
import { ownPath } from '../../export/local-file';
import type { ObjectStore } from '../../export/object-store/object-store';
import { FileCache, type FileCacheOptions } from './file-cache';

/**
 * Where the files of a lake are on this machine: in its own folder, or in a cache folder where it lies elsewhere.
 * @returns `localPath` of each key, to be called one at a time
 * @throws WarehouseError when the cache is too small
 */
export async function localFiles(
  store: Pick<ObjectStore, 'root' | 'get' | 'download'>,
  options: Omit<FileCacheOptions, 'lake'>,
): Promise<(key: string) => Promise<string>> {
  if (ownPath(store, '') !== undefined) return async (key) => ownPath(store, key) as string;
  const lake = (await lakeIdentity(store)) ?? store.root;
  const cache = await FileCache.open(store, { ...options, lake });
  return (key) => cache.localPath(key);
}
