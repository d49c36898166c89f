import { constants } from 'node:fs';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFile, syncFolder } from '../../lake/object-store/sync';

/** The file that a load works on. Readers never see it. */
export const workingCopy = (file: string): string => `${file}.next`;

/** Replaces the published file by the working copy. Whoever has the old file open goes on reading that. */
export async function replacePublished(file: string): Promise<void> {
  const copy = workingCopy(file);
  await syncFile(copy);
  await rename(copy, file);
  await syncFolder(path.dirname(file));
}

/** Copies the published file. Where the file system can share blocks, none is copied. */
export async function copyPublished(file: string): Promise<void> {
  await copyFile(file, workingCopy(file), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}

/** Removes the working copy, its log and its temporary files, also those of a load that was killed. */
export async function removeWorkingCopy(file: string): Promise<void> {
  const prefix = path.basename(workingCopy(file));
  const folder = path.dirname(file);
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
