import { access, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../object-store/object-store';
import { checkDataFile, problemOf } from './checksum';

const FILE = 'file://';

/**
 * The path of a data file on this machine: itself where the lake is a folder, else a copy below
 * `cacheFolder`, made once, because objects of the lake never change.
 * @throws DamagedFileError when it does not have the bytes that were written; ObjectStoreError when it cannot
 *   be fetched
 */
export async function localFile(store: ObjectStore, key: string, cacheFolder: string): Promise<string> {
  const path = ownPath(store, key) ?? (await fetched(store, key, join(cacheFolder, key)));
  await checkDataFile(path, key);
  return path;
}

/**
 * What is wrong with a data file of the lake; undefined: nothing.
 * @param copy where one that lies elsewhere is for as long as that takes; its folder is there
 */
export async function problemInLake(
  store: ObjectStore,
  key: string,
  copy: string,
): Promise<string | undefined> {
  const own = ownPath(store, key);
  if (own !== undefined) return problemOf(own, key);
  await store.download(key, copy);
  try {
    return await problemOf(copy, key);
  } finally {
    await rm(copy, { force: true });
  }
}

async function fetched(store: ObjectStore, key: string, path: string): Promise<string> {
  if (await exists(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  await store.download(key, path);
  return path;
}

/** The path of an object of a lake that is a folder; undefined where it lies elsewhere. */
export function ownPath({ root }: Pick<ObjectStore, 'root'>, key: string): string | undefined {
  // Roots are not percent-encoded.
  return root.startsWith(FILE) ? join(root.slice(FILE.length), key) : undefined;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
