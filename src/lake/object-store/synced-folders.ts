import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync';

/**
 * Makes a folder and those above it. Node says ENOENT whatever the reason of a failure, so the highest
 * missing folder is then made alone: its error tells the reason.
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

/** Makes folders that survive a power cut. */
export class SyncedFolders {
  /** folders whose names this process has written to the disk */
  private readonly synced = new Set<string>();

  /** Makes a folder and those above it. */
  async make(folder: string): Promise<void> {
    await makeFolder(folder);
    await this.sync(folder);
  }

  /**
   * Writes the names of a folder and of those above it to the disk, once each. Another process may have made
   * the folder and died before it had written the name.
   */
  private async sync(folder: string): Promise<void> {
    const parent = dirname(folder);
    if (parent === folder || this.synced.has(folder)) return;
    await this.sync(parent);
    try {
      await syncFolder(parent);
    } catch (error) {
      // This user may not read some folder far above the lake; that one was there before.
      if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    this.synced.add(folder);
  }
}
