import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../lake/local-files/replace-file';

/**
 * A load that this machine has begun. When the next load finds the note, this one has died, and its
 * transaction may still run and hold up all others.
 */
export interface UnfinishedLoad {
  /** the warehouse: account, database and schema */
  target: string;
  /** see `newLoadName` */
  load: string;
}

const fileIn = (folder: string): string => path.join(folder, 'snowflake-load.json');

export async function noteLoad(folder: string, load: UnfinishedLoad): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(fileIn(folder), JSON.stringify(load));
}

/**
 * @returns the name of the load; undefined where there is none into this warehouse, and where the note is
 *   damaged
 */
export async function unfinishedLoad(folder: string, target: string): Promise<string | undefined> {
  try {
    const noted = JSON.parse(await readFile(fileIn(folder), 'utf8')) as UnfinishedLoad;
    return noted.target === target ? noted.load : undefined;
  } catch {
    return undefined;
  }
}

export const forgetLoad = (folder: string): Promise<void> => rm(fileIn(folder), { force: true });
