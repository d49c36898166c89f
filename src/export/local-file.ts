import { access, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from './object-store/object-store';

const FILE = 'file://';

/**
 * The path of an object on this machine: itself where the lake is a folder, else a copy below `cacheFolder`, made once, because
 * objects of the lake never change.
 */
export async function localFile(store: ObjectStore, key: string, cacheFolder: string): Promise<string> {
  // Roots are not percent-encoded.
  if (store.root.startsWith(FILE)) return join(store.root.slice(FILE.length), key);
  const path = join(cacheFolder, key);
  if (await exists(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  // Whoever finds it finds it whole.
  const partial = `${path}.${process.pid}.partial`;
  await store.download(key, partial);
  await rename(partial, path);
  return path;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
