import { constants } from 'node:fs';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFile, syncFolder } from '../../lake/object-store/sync';

/** Where a load works. Readers never see it. */
export const workingCopy = (file: string): string => `${file}.next`;

/** Puts the copy where readers find it. Who has the old one open goes on reading that. */
export async function replacePublished(file: string): Promise<void> {
  const copy = workingCopy(file);
  await syncFile(copy);
  await rename(copy, file);
  await syncFolder(path.dirname(file));
}

/** Copies what readers see, without copying its blocks where the file system can share them. */
export async function copyPublished(file: string): Promise<void> {
  await copyFile(file, workingCopy(file), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}

/** Removes the working copy, its log and its temporary files: those of a load that was killed, too. */
export async function removeWorkingCopy(file: string): Promise<void> {
  const prefix = path.basename(workingCopy(file));
  const folder = path.dirname(file);
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
