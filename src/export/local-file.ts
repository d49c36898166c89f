import { access, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from './object-store/object-store';

const FILE = 'file://';

/**
 * The path of an object on this machine: itself where the lake is a folder, else a copy below `cacheFolder`, made once, because
 * objects of the lake never change.
 */
export async function localFile(store: ObjectStore, key: string, cacheFolder: string): Promise<string> {
  const own = ownPath(store, key);
  if (own !== undefined) return own;
  const path = join(cacheFolder, key);
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
