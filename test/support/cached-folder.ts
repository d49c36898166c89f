import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder outside the source tree that is made once on a machine. The first call makes it; it blocks,
 * because whether a suite is skipped has to be known before it is declared.
 * @param name with the version of what is in it
 * @param fill is given a fresh folder; what it throws says what is missing
 */
export function cachedFolder(name: string, fill: (folder: string) => void): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetching-'));
  try {
    fill(fresh);
    renameSync(fresh, folder);
  } catch (error) {
    // Another process made it meanwhile.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
