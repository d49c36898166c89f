import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { LakeError } from '../errors/lake-error';
import { emptyAndExport } from '../errors/mending';
import { unlessAbsent } from '../object-store/folder-failure';

/**
 * The checksum of a data file ends its name, so every version reads it, it goes wherever the file goes, and
 * no reader of Iceberg needs to know of it: the first 16 hexadecimal digits of the SHA-256 of the file.
 */
const DIGITS = 16;
const IN_NAME = new RegExp(`-([0-9a-f]{${DIGITS}})\\.parquet$`);
const PIECE_BYTES = 1024 * 1024;

/** A data file that is not as it was written, or is gone. The message names it and says how it is mended. */
export class DamagedFileError extends LakeError {
  override readonly name = 'DamagedFileError';

  constructor(
    /** key in the lake */
    readonly key: string,
    /** what is wrong with it, such as `is gone` */
    readonly problem: string,
  ) {
    super(`${key} of the lake ${problem}. ${emptyAndExport(datasetOf(key))} ${NAMES_ALL}`);
  }
}

/** The name of a data file with its checksum. @param path where it is now */
export const nameWithChecksum = async (name: string, path: string): Promise<string> =>
  `${name}-${await checksumOf(path)}.parquet`;

/** The checksum that a file had when it was written; undefined where it was written without. */
export const checksumIn = (key: string): string | undefined => IN_NAME.exec(basename(key))?.[1];

/**
 * Makes sure that a copy of a data file on this machine has the bytes that were written. One that was written
 * without a checksum has to be there only.
 * @param key the file in the lake
 * @throws DamagedFileError when it has not, or is not there
 */
export async function checkDataFile(path: string, key: string): Promise<void> {
  const problem = await problemOf(path, key);
  if (problem !== undefined) throw new DamagedFileError(key, problem);
}

/** What is wrong with a copy of a data file; undefined: nothing. */
export async function problemOf(path: string, key: string): Promise<string | undefined> {
  const written = checksumIn(key);
  const found = await unlessAbsent(checksumOf(path));
  if (found === undefined) return 'is gone';
  if (written === undefined || found === written) return undefined;
  return `is damaged: the SHA-256 of its bytes begins with ${found}, of what was written with ${written}`;
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) hash.update(piece);
  return hash.digest('hex').slice(0, DIGITS);
}

const datasetOf = (key: string): string => key.slice(0, key.indexOf('/'));

const NAMES_ALL = '`tidemark export verify` names every such file.';
