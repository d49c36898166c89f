import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync';

/**
 * Node says ENOENT whatever kept it from making a folder and those above it, so the highest that is missing
 * is asked for alone.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    let missing = folder;
    while (!(await stat(dirname(missing)).catch(() => null))) missing = dirname(missing);
    await mkdir(missing);
    throw error;
  }
}

/** Makes folders that are still there after a power cut. */
export class SyncedFolders {
  /** Whose own name is on the disk, as far as this process made it so. */
  readonly #synced = new Set<string>();

  /** Makes a folder and all above it. */
  async make(folder: string): Promise<void> {
    await makeFolder(folder);
    await this.#sync(folder);
  }

  /**
   * Another process may have made it and not come to writing its name to the disk; so each is done here once.
   */
  async #sync(folder: string): Promise<void> {
    const parent = dirname(folder);
    if (parent === folder || this.#synced.has(folder)) return;
    await this.#sync(parent);
    try {
      await syncFolder(parent);
    } catch (error) {
      // Far above the lake there may be folders that this user cannot read; those were there before.
      if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    this.#synced.add(folder);
  }
}
