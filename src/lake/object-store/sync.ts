import { open } from 'node:fs/promises';

/** Writes the bytes of a file to the disk. Windows wants the file to be open for writing. */
export const syncFile = (path: string): Promise<void> => sync(path, 'r+');

/** Writes the names in a folder to the disk. Windows cannot, and need not. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform !== 'win32') await sync(folder, 'r');
}

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
