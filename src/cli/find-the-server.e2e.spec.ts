import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { type RunningProgram, runProgram, startProgram } from '../../test/support/program';

/** Every command that works with what is there. */
const NEED_ONE = [
  'projections status',
  'projections diff rfm',
  'projections dead-letters rfm',
  'projections retry rfm',
  'projections switch rfm',
  'projections rollback rfm',
  'projections drop rfm --generation 1',
  'replay --all',
  'bridge status',
  'export status',
  'export run',
  'export snapshots orders',
  'export rollback orders --snapshot 1',
  'export compact',
  'export expire',
  'export redrive',
  'warehouse query SELECT',
  'warehouse verify',
  'warehouse export --parquet none',
];

let folder: string;
let database: TestDatabase;
const running: RunningProgram[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function newFolder(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-find-'));
}
async function clean(): Promise<void> {
  for (const program of running.splice(0)) await program.end();
  await rm(folder, { recursive: true, force: true });
}

async function start(dataDir: string): Promise<RunningProgram> {
  const program = await startProgram({ DATABASE_URL: database.url, TIDEMARK_DATA_DIR: dataDir });
  running.push(program);
  return program;
}

const run = (command: string, env: Record<string, string> = {}, cwd = folder) =>
  runProgram(command.split(' '), env, cwd);

describe('where there is no Tidemark', () => {
  beforeAll(newFolder);
  afterAll(clean);

  it.each(NEED_ONE)('`%s` says so and makes nothing', async (command) => {
    const { exitCode, stderr, stdout } = await run(command);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^No Tidemark here: .*`tidemark start` makes one here.*\n$/);
    expect(stderr).toContain(join(folder, '.tidemark'));
    expect(await readdir(folder)).toEqual([]);
  });

  it('doctor says so, and makes nothing', async () => {
    const { exitCode, stdout } = await run('doctor --json');
    expect(exitCode).toBe(0);
    const findings = JSON.parse(stdout) as { check: string; detail: string }[];
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'server', detail: 'none runs with this data folder.' }),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('a database without its tables stays without', async () => {
    const { exitCode, stderr } = await run('projections status', { DATABASE_URL: database.url });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^No Tidemark here: postgres.* has none of its tables\..*\n$/);
    const { rows } = await database.pool.query("SELECT FROM pg_namespace WHERE nspname = 'tidemark'");
    expect(rows).toEqual([]);
  });
});

describe('beside a server on another port', () => {
  let program: RunningProgram;
  beforeAll(async () => {
    await newFolder();
    program = await start(join(folder, '.tidemark'));
  });
  afterAll(clean);

  it('simulate finds it', async () => {
    const simulated = await run('simulate --count 1 --duration 1 --json');
    expect(simulated).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(simulated.stdout)).toMatchObject({ orders: 1, failures: {} });
  });

  it('simulate finds it through .env', async () => {
    const below = join(folder, 'elsewhere');
    await mkdir(below);
    await writeFile(join(below, '.env'), `TIDEMARK_DATA_DIR=${join(folder, '.tidemark')}\n`);
    expect(await run('simulate --count 1 --duration 1 --json', {}, below)).toMatchObject({ exitCode: 0 });
  });

  it('a command that was started elsewhere says where it runs, and makes nothing', async () => {
    const below = join(folder, 'below');
    await mkdir(below);
    for (const command of ['projections status', 'warehouse query SELECT', 'import orders none.csv']) {
      const { exitCode, stderr } = await run(command, {}, below);
      expect({ command, exitCode }).toEqual({ command, exitCode: 2 });
      expect(stderr).toContain(
        `One runs in ${join(folder, '.tidemark')} (${program.url}, pid ${program.process.pid}`,
      );
    }
    expect(await readdir(below)).toEqual([]);
  });

  it('a command without its DATABASE_URL says that it needs it', async () => {
    const { exitCode, stderr } = await run('projections status');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/One runs with the data folder .*: this command needs the same DATABASE_URL\.\n$/);
    expect(stderr).not.toContain(new URL(database.url).password || 'no password');
  });

  it('doctor says where it is', async () => {
    const { stdout } = await run('doctor --json', { DATABASE_URL: database.url });
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        check: 'server',
        status: 'ok',
        detail: expect.stringContaining(program.url),
      }),
    );
  });
});

test('what a server leaves is gone when it ends, and counts for nothing after kill -9', async () => {
  await newFolder();
  const dataDir = join(folder, '.tidemark');
  const file = join(dataDir, 'server.json');
  const first = await start(dataDir);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await first.end();
  expect(await readdir(dataDir)).not.toContain('server.json');
  await (await start(dataDir)).end('SIGKILL');
  expect(await readdir(dataDir)).toContain('server.json');
  const { exitCode, stderr } = await run('simulate --count 1', { PORT: '1' });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^Nobody answers at http:\/\/127\.0\.0\.1:1\/graphql: .* Is `tidemark start` running\?\n$/,
  );
  await clean();
});
