import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../lake/local-files/replace-file';
import { type Ledger, ledgerKey } from '../load/ledger';
import type { Holiday } from '../model/date.dimension';

/**
 * What this machine remembers of a warehouse. A load or an init that would change nothing can then leave
 * Snowflake alone.
 */
export interface KnownFiles {
  /** the warehouse: account, database and schema */
  target: string;
  /** digest of the model that the warehouse was made for */
  model: string;
  /** digest of the stage that `init` made; null when another machine made it */
  stage: string | null;
  /** id of the lake that the files are of; null while none was loaded */
  lake: string | null;
  through: string | null;
  /** the holidays that dim_date has */
  holidays: readonly Holiday[];
  /** the files in the ledger, by dataset */
  files: Record<string, readonly string[]>;
}

const fileIn = (folder: string): string => path.join(folder, 'snowflake-files.json');

/**
 * @returns undefined where nothing is remembered of this warehouse and model, and where the file cannot be
 *   read
 */
export async function readKnownFiles(
  folder: string,
  target: string,
  model: string,
): Promise<KnownFiles | undefined> {
  try {
    const known = JSON.parse(await readFile(fileIn(folder), 'utf8')) as KnownFiles;
    return known.target === target && known.model === model ? known : undefined;
  } catch {
    return undefined;
  }
}

export async function writeKnownFiles(folder: string, known: KnownFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(fileIn(folder), JSON.stringify(known));
}

export const forgetKnownFiles = (folder: string): Promise<void> => rm(fileIn(folder), { force: true });

export const ledgerOf = ({ files }: Pick<KnownFiles, 'files'>): Ledger =>
  new Set(Object.entries(files).flatMap(([dataset, keys]) => keys.map((key) => ledgerKey(dataset, key))));
