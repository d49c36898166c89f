import { constants, copyFile, link, stat } from 'node:fs/promises';
import { folderFailure } from './folder-failure';
import { ObjectStoreError, type PutOutcome, UnknownOutcomeError } from './object-store';

/** Codes of `link` that say for certain that nothing was done. */
const NOT_LINKED = ['EACCES', 'EDQUOT', 'EMLINK', 'ENAMETOOLONG', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EROFS'];
const NO_HARD_LINKS = ['ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM'];

/** Gives a file a second name; copies it where the two names lie in different file systems. */
export const linkOrCopy = (from: string, to: string): Promise<void> =>
  link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));

/**
 * Gives a finished file its name, unless the name is taken. Of several callers at once exactly one gets
 * `created`.
 * @throws UnknownOutcomeError when nobody can tell whether the file has the name; ObjectStoreError when it
 *   has not
 */
export async function linkOnce(finished: string, path: string): Promise<PutOutcome> {
  try {
    await link(finished, path);
    return 'created';
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if ((await stat(path)).isFile()) return 'exists';
      throw new ObjectStoreError(`Writing ${path} failed: a folder stands there`);
    }
    if (NO_HARD_LINKS.includes(code))
      throw new ObjectStoreError(
        `Writing ${path} failed: its file system has no hard links (${code}); put the lake on one that has`,
        { cause: error },
      );
    if (NOT_LINKED.includes(code)) throw folderFailure(`Writing ${path}`, error);
    throw new UnknownOutcomeError(`${path} may or may not have been written: ${message}`, { cause: error });
  }
}
