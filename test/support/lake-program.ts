import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres.event-store';
import { openLake } from '../../src/lake/open-lake';
import { type DatasetStatus, exportStatus } from '../../src/lake/status';
import { Listener } from '../../src/postgres/listener';
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
  /** What `export status` reports, by dataset. */
  status(): Promise<Map<string, DatasetStatus>>;
  remove(): Promise<void>;
}

/** A database with the sample's orders, imported once for a spec file. */
let sample: Promise<TestDatabase> | undefined;
afterAll(async () => (await sample)?.drop());

async function importSample(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const args = ['import', 'orders', SAMPLE, '--credit-note-prefix', 'C'];
  const { exitCode, stderr } = await runProgram(args, { DATABASE_URL: database.url });
  if (exitCode !== 0) throw new Error(`The sample was not imported: ${stderr}`);
  // A database is copied only while nobody is connected to it.
  await database.pool.end();
  return database;
}

/** @param isEmpty without the orders of the sample. Default: no */
export async function createLakeProgram({ isEmpty = false } = {}): Promise<LakeProgram> {
  if (!isEmpty) sample ??= importSample();
  const database = await createTestDatabase(isEmpty ? undefined : await sample);
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
  const listener = new Listener(database.url);
  const store = await PostgresEventStore.open({ pool: database.pool, listener });
  const root = path.join(folder, 'lake');
  return {
    database,
    folder,
    env,
    lake: root,
    run,
    json,
    async importAgain(prefix) {
      const file = path.join(folder, `${prefix}.csv`);
      const lines = (await readFile(SAMPLE, 'utf8')).split('\n').filter((line) => !line.startsWith('CS-'));
      await writeFile(file, lines.join('\n').replaceAll(/^S-/gm, `${prefix}-`));
      await done('import', 'orders', file);
    },
    async status() {
      const lake = await openLake({ url: root, s3: {} });
      try {
        const rows = await exportStatus(store, lake);
        return new Map(rows.map((row) => [row.dataset, row]));
      } finally {
        await lake.close();
      }
    },
    async remove() {
      await store.close();
      await listener.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One line, and nothing on stdout. */
export function refusal(exitCode: number, message: RegExp) {
  return { exitCode, stdout: '', stderr: expect.stringMatching(new RegExp(`^(?=${message.source}).*\\n$`)) };
}
