import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatasetStatus } from '../../src/lake/status';
import { migrate } from '../../src/postgres/migrate';
import { migrationFolders } from '../../src/runtime/migrations';
import { createTestDatabase, type TestDatabase } from './database';
import { type Outcome, runProgram } from './program';

const SAMPLE = path.join(__dirname, '../../samples/orders.csv');
/** Orders and order lines of the sample. */
export const SAMPLE_ORDERS = 320;
export const SAMPLE_LINES = 644;

/** The program on a database and a data folder of its own. */
export interface LakeProgram {
  database: TestDatabase;
  folder: string;
  env: Record<string, string>;
  lake: string;
  run(...args: string[]): Promise<Outcome>;
  /** Runs a command that has to succeed. @returns what it reports */
  json<T>(...args: string[]): Promise<T>;
  /** Imports the sample's orders once more, as others. */
  importAgain(prefix: string): Promise<void>;
  status(): Promise<Map<string, DatasetStatus>>;
  remove(): Promise<void>;
}

/** @param isEmpty without the orders of the sample. Default: no */
export async function createLakeProgram({ isEmpty = false } = {}): Promise<LakeProgram> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'tidemark-lake-e2e-'));
  const env = { DATABASE_URL: database.url, TIDEMARK_DATA_DIR: folder };
  const run = (...args: string[]) => runProgram(args, env);
  const done = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(...args);
    if (exitCode !== 0) throw new Error(`tidemark ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
    return stdout;
  };
  const json = async <T>(...args: string[]) => JSON.parse(await done(...args, '--json')) as T;
  if (isEmpty) await migrate(database.pool, migrationFolders);
  else await done('import', 'orders', SAMPLE, '--credit-note-prefix', 'C');
  return {
    database,
    folder,
    env,
    lake: path.join(folder, 'lake'),
    run,
    json,
    async importAgain(prefix) {
      const file = path.join(folder, `${prefix}.csv`);
      const lines = (await readFile(SAMPLE, 'utf8')).split('\n').filter((line) => !line.startsWith('CS-'));
      await writeFile(file, lines.join('\n').replaceAll(/^S-/gm, `${prefix}-`));
      await done('import', 'orders', file);
    },
    async status() {
      const rows = await json<DatasetStatus[]>('export', 'status');
      return new Map(rows.map((row) => [row.dataset, row]));
    },
    async remove() {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One line, and nothing on stdout. */
export function refusal(exitCode: number, message: RegExp) {
  return { exitCode, stdout: '', stderr: expect.stringMatching(new RegExp(`^(?=${message.source}).*\\n$`)) };
}
