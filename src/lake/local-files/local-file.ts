import { access, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../object-store/object-store';
import { checkDataFile, problemOf } from './checksum';

const FILE = 'file://';

/**
 * The path of a data file on this machine. In a lake in a folder it is the file itself, else a copy below
 * `cacheFolder`. The copy is made once: data files never change.
 * @throws DamagedFileError when the file does not have the bytes that were written; ObjectStoreError when it
 *   cannot be fetched
 */
export async function localFile(store: ObjectStore, key: string, cacheFolder: string): Promise<string> {
  const path = ownPath(store, key) ?? (await fetched(store, key, join(cacheFolder, key)));
  await checkDataFile(path, key);
  return path;
}

/**
 * What is wrong with a data file of the lake; undefined when nothing is.
 * @param copy path for a copy of a file that lies elsewhere, which is removed afterwards; its folder must
 *   exist
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

/** The path of an object of a lake in a folder; undefined when the lake lies elsewhere. */
export function ownPath({ root }: Pick<ObjectStore, 'root'>, key: string): string | undefined {
  // Roots are not percent-encoded.
  return root.startsWith(FILE) ? join(root.slice(FILE.length), key) : undefined;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
