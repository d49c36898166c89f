import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { LakeError } from '../errors/lake-error';
import { emptyAndExport } from '../errors/mending';
import { unlessAbsent } from '../object-store/folder-failure';

/**
 * The name of a data file ends with its checksum, the first 16 hexadecimal digits of its SHA-256. So the
 * checksum goes wherever the file goes, and Iceberg's readers need not know of it.
 */
const DIGITS = 16;
const IN_NAME = new RegExp(`-([0-9a-f]{${DIGITS}})\\.parquet$`);
const PIECE_BYTES = 1024 * 1024;

/** A data file is gone, or is not as it was written. The message names the file and says how it is mended. */
export class DamagedFileError extends LakeError {
  override readonly name = 'DamagedFileError';

  constructor(
    /** key in the lake */
    readonly key: string,
    /** what is wrong, such as `is gone` */
    readonly problem: string,
  ) {
    super(`${key} of the lake ${problem}. ${emptyAndExport(datasetOf(key))} ${NAMES_ALL}`);
  }
}

/** A name with the checksum of a file. @param path of the file */
export const nameWithChecksum = async (name: string, path: string): Promise<string> =>
  `${name}-${await checksumOf(path)}.parquet`;

/** The checksum in the name of a file; undefined for files of early versions, which have none. */
export const checksumIn = (key: string): string | undefined => IN_NAME.exec(basename(key))?.[1];

/**
 * Makes sure that a copy of a data file on this machine has the bytes that were written. A file without a
 * checksum need only exist.
 * @param key of the file in the lake
 * @throws DamagedFileError when the copy has other bytes, or is missing
 */
export async function checkDataFile(path: string, key: string): Promise<void> {
  const problem = await problemOf(path, key);
  if (problem !== undefined) throw new DamagedFileError(key, problem);
}

/** What is wrong with a copy of a data file; undefined when nothing is. */
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
