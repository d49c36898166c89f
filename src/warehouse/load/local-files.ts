import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../../export/object-store/object-store';
import { FileCache, type FileCacheOptions } from './file-cache';

/**
 * Where the files of a lake are on this machine: in its own folder, or in a cache folder where it lies elsewhere.
 * @returns `localPath` of each key, to be called one at a time
 * @throws WarehouseError when the cache is too small
 */
export async function localFiles(
  store: Pick<ObjectStore, 'root' | 'download'>,
  options: FileCacheOptions,
): Promise<(key: string) => Promise<string>> {
  if (store.root.startsWith('file:')) {
    const folder = fileURLToPath(store.root);
    return async (key) => path.join(folder, key);
  }
  const cache = await FileCache.open(store, options);
  return (key) => cache.localPath(key);
}
