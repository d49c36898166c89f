import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface WorkFolder {
  /** absolute */
  path: string;
  remove(): Promise<void>;
}

/**
 * A folder of this process for files that are being made, inside `base`. Those of processes that are gone are removed.
 */
export async function openWorkFolder(base: string): Promise<WorkFolder> {
  await mkdir(base, { recursive: true });
  for (const name of await readdir(base)) {
    if (!isAlive(Number.parseInt(name, 10))) await rm(join(base, name), { recursive: true, force: true });
  }
  const path = join(base, `${process.pid}-${Date.now()}`);
  await mkdir(path, { recursive: true });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
