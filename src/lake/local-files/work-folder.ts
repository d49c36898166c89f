import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface WorkFolder {
  /** absolute */
  path: string;
  remove(): Promise<void>;
}

/** Whether a process of another machine lives cannot be told; its folder changes with every cut. */
const DEAD_AFTER_MS = 86_400_000;

/** Those of this process. */
const open = new Set<string>();

/**
 * A folder of this process for files that are being made, inside `base`. Those of processes that are gone are
 * removed. In a container each process may have had the number of this one, and each container is a machine.
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
