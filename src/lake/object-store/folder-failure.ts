import { ObjectStoreError } from './object-store';

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the quota is used up: make room',
  EROFS: 'the file system is read-only',
  EACCES: 'this user may not do that: mend the permissions of the folder',
  EPERM: 'this is not permitted here',
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'a file stands where a folder is needed',
  EISDIR: 'a folder stands there',
  ENAMETOOLONG: 'a part of the name is longer than the file system takes',
  ENOENT: 'it is not there',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
};

/**
 * The error that is shown for an error of the file system. @param what was being done, such as `Reading x`
 */
export function folderFailure(what: string, error: unknown): ObjectStoreError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? message;
  return new ObjectStoreError(`${what} failed: ${reason}${code && ` (${code})`}`, { cause: error });
}

/** Runs work on the file system. @throws ObjectStoreError that names `what` */
export async function orFolderFailure<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw folderFailure(what, error);
  }
}

/** The result of `work`; undefined when there is no such file. */
export async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
