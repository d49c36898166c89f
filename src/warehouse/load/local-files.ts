import { lakeIdentity } from '../../lake/lake-identity';
import { checkDataFile } from '../../lake/local-files/checksum';
import { ownPath } from '../../lake/local-files/local-file';
import type { ObjectStore } from '../../lake/object-store/object-store';
import { FileCache, type FileCacheOptions } from './file-cache';

/** Finds the files of a lake on this machine. */
export interface LocalFiles {
  /**
   * Path of the file with this key. One call at a time.
   * @throws DamagedFileError when it does not have the bytes that were written; ObjectStoreError when it
   *   cannot be fetched
   */
  localPath(key: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Reads the files of a lake in place where it is a folder, otherwise through a cache folder.
 * @throws WarehouseError when the cache is too small
 */
export async function localFiles(
  store: Pick<ObjectStore, 'root' | 'get' | 'download'>,
  options: Omit<FileCacheOptions, 'lake'>,
): Promise<LocalFiles> {
  if (ownPath(store, '') !== undefined) return ownFiles(store);
  const lake = (await lakeIdentity(store)) ?? store.root;
  const cache = await FileCache.open(store, { ...options, lake });
  return { localPath: (key) => cache.localPath(key), close: () => cache.close() };
}

/** Each file is checked once: whoever asks again reads what was just read. */
function ownFiles(store: Pick<ObjectStore, 'root'>): LocalFiles {
  const checked = new Set<string>();
  return {
    async localPath(key) {
      const path = ownPath(store, key) as string;
      if (!checked.has(key)) await checkDataFile(path, key);
      checked.add(key);
      return path;
    },
    close: async () => {},
  };
}
