import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from './support/database';
import { startProgram } from './support/program';

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-uncaught-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  ['an error that nobody caught', 'error', 'uncaughtException'],
  ['a promise that failed unseen', 'promise', 'unhandledRejection'],
])('%s is logged as fatal and ends the process in order, with exit code 1', async (_, kind, origin) => {
  const program = await startProgram({
    DATABASE_URL: database.url,
    TIDEMARK_DATA_DIR: folder,
    FAIL_AS: kind,
    NODE_OPTIONS: `--require ${join(__dirname, 'fixtures/fail-on-signal.js')}`,
  });
  const { exitCode, stdout, stderr } = await program.end('SIGUSR2');
  expect(exitCode).toBe(1);
  expect(stderr).toBe('Error: made by a spec\n');
  const log = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(log).toContainEqual(
    expect.objectContaining({
      level: 'fatal',
      origin,
      err: expect.objectContaining({ message: 'made by a spec' }),
    }),
  );
});
