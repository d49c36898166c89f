import type { FileHandle } from 'node:fs/promises';
import { StartupError } from '../errors';

const TAIL_BYTES = 16_384;
const TAIL_LINES = 6;

/** The end of an open text file, from byte `from` on or shorter. */
export async function readTail(file: FileHandle, from: number): Promise<string> {
  const { size } = await file.stat();
  const start = Math.max(from, size - TAIL_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(size - start, 0)), 0, null, start);
  return buffer.toString('utf8', 0, bytesRead);
}

/**
 * Says what the output of PostgreSQL or initdb means, for people who do not know PostgreSQL.
 * @param doing what did not work, e.g. `PostgreSQL did not start`
 * @param folder of the cluster
 */
export function explainFailure(doing: string, folder: string, output: string): StartupError {
  const because = reason(folder, output);
  const lines = output
    .split('\n')
    .filter(
      (line) =>
        line.trim() &&
        !/\bLOG: {2}(starting PostgreSQL|listening on|database system is shut down)/.test(line),
    )
    .slice(-TAIL_LINES)
    .map((line) => `  | ${line}`);
  return new StartupError(
    [`${doing}: ${because}`, ...(lines.length > 0 ? ['Its last words:', ...lines] : [])].join('\n'),
  );
}

function reason(folder: string, output: string): string {
  const version = /initialized by PostgreSQL version (\d+)/.exec(output)?.[1];
  if (version) return otherVersion(folder, version);
  if (/No space left on device|Disk quota exceeded/i.test(output))
    return `the disk that holds ${folder} is full. Make room there, or choose another TIDEMARK_DATA_DIR.`;
  if (/Read-only file system/i.test(output))
    return `${folder} is on a read-only file system. Choose another TIDEMARK_DATA_DIR.`;
  if (/could not (look up|find) (effective )?user/i.test(output))
    return (
      'the user that runs Tidemark has no name on this system (/etc/passwd). Run it as a user that ' +
      'has one.'
    );
  if (/wrong ownership/.test(output))
    return (
      `${folder} belongs to another user. Run Tidemark as that user, ` +
      'or choose another TIDEMARK_DATA_DIR.'
    );
  if (/invalid permissions/.test(output))
    return `others may read ${folder}. Give it back to its owner alone: chmod 700 ${folder}`;
  if (/lock file "postmaster.pid" already exists|bogus data in lock file/.test(output))
    return (
      `${folder}/data/postmaster.pid is not what PostgreSQL wrote there. ` +
      'See that no server runs on that folder, remove the file, then start again.'
    );
  if (/pre-existing shared memory block/.test(output))
    return `processes of an earlier server on ${folder} are still running. End them, then start again.`;
  if (/Permission denied|Operation not permitted/i.test(output))
    return (
      `permission was denied below ${folder}. Run Tidemark as the user who owns it, ` +
      'or choose another TIDEMARK_DATA_DIR.'
    );
  if (/could not create shared memory|could not map|Cannot allocate memory/.test(output))
    return 'the machine has not enough memory for it.';
  if (!output.trim()) return 'it ended without a word.';
  return (
    `its files in ${folder} may be damaged. Restore them from a backup, ` +
    'or choose another TIDEMARK_DATA_DIR.'
  );
}

export function otherVersion(folder: string, version: string): string {
  return (
    `${folder} was made by PostgreSQL ${version}, which this Tidemark does not bring along. ` +
    'Use the Tidemark that made it to dump the database, or choose another TIDEMARK_DATA_DIR.'
  );
}
