import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file that is written beside its place, and takes it when it is whole. */
export interface Replacement {
  /** whether a file was in its place before */
  replaces: boolean;
  write(bytes: Buffer): Promise<void>;
  /** Puts the file in its place, on disk. */
  commit(): Promise<void>;
  /** Leaves everything as it was. May be called after `commit`, and does nothing then. */
  discard(): Promise<void>;
}

/**
 * Begins a file. A device or a pipe is written at once.
 * @param input what must not be overwritten, under whatever name; undefined where it is no file
 * @throws an Error that says why it cannot be written
 */
export async function beginReplacement(target: string, input: Stats | undefined): Promise<Replacement> {
  const there = await statsOf(stat(target));
  if (there?.isFile() && input?.dev === there.dev && input.ino === there.ino)
    throw new Error('it is the file that is imported. Name another one');
  const isLink = (await statsOf(lstat(target)))?.isSymbolicLink() ?? false;
  if (isLink && (there === undefined || there.isFile()))
    throw new Error('it is a link to another file. Name that file, or another one');
  if (there?.isDirectory()) throw new Error('it is a folder');
  if (there !== undefined && !there.isFile()) return direct(await open(target, 'w'));
  return beside(target, there);
}

async function beside(target: string, there: Stats | undefined): Promise<Replacement> {
  const folder = path.dirname(target);
  const name = `.${path.basename(target)}.${randomBytes(6).toString('hex')}.part`;
  const temporary = path.join(folder, name);
  const file = await open(temporary, 'wx', there?.mode);
  let done = false;
  return {
    replaces: there !== undefined,
    async write(bytes) {
      await file.writeFile(bytes);
    },
    async commit() {
      await file.sync();
      await file.close();
      await rename(temporary, target);
      done = true;
      await syncFolder(folder);
    },
    async discard() {
      if (done) return;
      done = true;
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

function direct(file: FileHandle): Replacement {
  let done = false;
  const close = async () => {
    if (!done) await file.close();
    done = true;
  };
  return {
    replaces: false,
    async write(bytes) {
      await file.writeFile(bytes);
    },
    commit: close,
    discard: close,
  };
}

/** Makes a renamed entry survive a power failure, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => undefined);
  await handle.close();
}

async function statsOf(stats: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await stats;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
