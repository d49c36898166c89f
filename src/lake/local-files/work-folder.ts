import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface WorkFolder {
  /** absolute */
  path: string;
  remove(): Promise<void>;
}

/** Whether a process on another machine lives cannot be told, but its folder changes with every cut. */
const DEAD_AFTER_MS = 86_400_000;

/** Names of the work folders of this process. */
const open = new Set<string>();

/**
 * Makes a folder of this process for unfinished files, inside `base`. Folders of processes that are gone are
 * removed. Their process id may be ours: in a container each process may get the same one.
 */
export async function openWorkFolder(base: string): Promise<WorkFolder> {
  await mkdir(base, { recursive: true });
  const name = `${hostname()}_${process.pid}_${randomUUID()}`;
  open.add(name);
  for (const found of await readdir(base)) {
    if (await isOfTheDead(base, found)) await rm(join(base, found), { recursive: true, force: true });
  }
  const path = join(base, name);
  await mkdir(path, { recursive: true });
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      open.delete(name);
    },
  };
}

async function isOfTheDead(base: string, name: string): Promise<boolean> {
  const [, host, pid] = /^(.*)_(\d+)_[^_]*$/.exec(name) ?? [];
  if (host === hostname()) return Number(pid) === process.pid ? !open.has(name) : !isAlive(Number(pid));
  const changed = await stat(join(base, name)).catch(() => undefined);
  return changed !== undefined && Date.now() - changed.mtimeMs > DEAD_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
