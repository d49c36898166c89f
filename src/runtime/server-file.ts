import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../lake/local-files/replace-file';
import { processMark } from './process-mark';
import { programVersion } from './version';

/** File in the data folder, while a `tidemark start` serves. */
const SERVER_FILE = 'server.json';

/** A `tidemark start` that serves the API. */
export interface RunningServer {
  /** e.g. http://127.0.0.1:4000 */
  url: string;
  pid: number;
  version: string;
  /** where its database is, for people to read */
  database: string;
}

interface Written extends RunningServer {
  /** see `processMark` */
  mark: string;
}

/**
 * Tells other commands where this process serves, in a file of the data folder that only its owner can read.
 * The file appears whole or not at all.
 * @returns `remove` deletes the file, unless another process has written its own since
 */
export async function leaveServerFile(
  dataDir: string,
  { url, database }: Pick<RunningServer, 'url' | 'database'>,
): Promise<{ remove(): Promise<void> }> {
  const { pid } = process;
  const mark = (await processMark(pid)) ?? '';
  const written: Written = { url, pid, version: programVersion(), database, mark };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, SERVER_FILE);
  await replaceFile(file, `${JSON.stringify(written)}\n`);
  return {
    async remove() {
      const found = await read(file);
      if (found?.pid === pid && found.mark === mark) await rm(file, { force: true });
    },
  };
}

/**
 * The server that runs with a data folder; undefined when none does, also where a killed one left its file.
 */
export async function findServer(dataDir: string): Promise<RunningServer | undefined> {
  const found = await read(join(dataDir, SERVER_FILE));
  if (!found || (await processMark(found.pid)) !== found.mark) return undefined;
  const { url, pid, version, database } = found;
  return { url, pid, version, database };
}

async function read(file: string): Promise<Written | undefined> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Partial<Written> | null;
    const { url, pid, version, database, mark } = found ?? {};
    const isWhole = [url, version, database, mark].every((text) => typeof text === 'string');
    return isWhole && Number.isInteger(pid) && URL.canParse(url ?? '') ? (found as Written) : undefined;
  } catch {
    return undefined;
  }
}
