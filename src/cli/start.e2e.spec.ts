import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchProgram, type RunningProgram, runProgram, startProgram } from '../../test/support/program';
import { until } from '../../test/support/until';

/** A data folder on which `tidemark start` has run. Tests share it, and stop what they start there. */
let shared: string;
/** The data folder of a test: the shared one, unless it asks for another. */
let dataDir: string;
let env: Record<string, string>;
const folders: string[] = [];
const running: RunningProgram[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-start-'));
  folders.push(folder);
  return folder;
}

function use(folder: string): void {
  dataDir = folder;
  env = { TIDEMARK_DATA_DIR: folder };
}

/** An empty data folder for this test alone. */
const useEmptyFolder = async () => use(await newFolder());

beforeAll(async () => {
  shared = await newFolder();
  use(shared);
  await (await startProgram(env)).end();
  // No test cuts the power, and waiting for a busy disk would take most of their time.
  await appendFile(join(shared, 'postgres/data/postgresql.auto.conf'), 'fsync = off\n');
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

beforeEach(() => use(shared));
afterEach(async () => {
  for (const program of running.splice(0)) await program.end();
  // A killed start leaves its database running. It ends with the next command that uses it.
  if (await postgresPid()) await runProgram(['doctor'], env);
});

async function start(args: string[] = []): Promise<RunningProgram> {
  const program = await startProgram(env, args);
  running.push(program);
  return program;
}

/** The process id of the embedded PostgreSQL, undefined when none runs on the folder. */
async function postgresPid(): Promise<number | undefined> {
  const file = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(file.split('\n')[0]);
  if (!pid) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

test('on an empty folder it serves, and SIGTERM ends it with its database', async () => {
  await useEmptyFolder();
  const program = await start();
  expect((await fetch(program.at('/livez'))).status).toBe(200);
  expect(await postgresPid()).toBeDefined();
  const { exitCode, stderr } = await program.end('SIGTERM');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(await postgresPid()).toBeUndefined();
});

test('SIGINT ends it too, and the same data is there the next time', async () => {
  const identity = () => runProgram(['doctor', '--json'], env).then(({ stdout }) => storeIdentity(stdout));
  const before = await identity();
  expect(before).toBeDefined();
  const program = await start();
  expect(await identity()).toBe(before);
  expect(await program.end('SIGINT')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await postgresPid()).toBeUndefined();
});

function storeIdentity(doctorReport: string): string | undefined {
  const findings = JSON.parse(doctorReport) as { check: string; detail: string }[];
  return findings.find(({ check }) => check === 'event store')?.detail.split(',')[0];
}

describe('SIGTERM before it serves', () => {
  /** @returns what a launched `start` ended with */
  async function stoppedWhen(condition: () => Promise<boolean>): Promise<unknown> {
    const { process: child, ended } = launchProgram(['start', '--port', '0'], env);
    await until(condition);
    child.kill('SIGTERM');
    const { exitCode, stderr } = await ended;
    return { exitCode, stderr };
  }

  test('ends the making of its database, of which nothing stays', async () => {
    await useEmptyFolder();
    const isBeingMade = async () => (await readdir(dataDir)).some((name) => name.startsWith('postgres.new-'));
    expect(await stoppedWhen(isBeingMade)).toEqual({ exitCode: 0, stderr: '' });
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('stops the database that is being started', async () => {
    const isStarting = async () => (await postgresPid()) !== undefined;
    expect(await stoppedWhen(isStarting)).toEqual({ exitCode: 0, stderr: '' });
    expect(await postgresPid()).toBeUndefined();
    // That it starts again afterwards is seen by the tests below.
  });
});

describe('when nobody reads its output any more', () => {
  test('it ends in order with its next word, and its database too', async () => {
    env.LOG_LEVEL = 'debug';
    const program = await start();
    program.process.stdout?.destroy();
    // It logs a connection that is reset.
    const client = connect(Number(new URL(program.url).port), '127.0.0.1');
    await once(client, 'connect');
    client.resetAndDestroy();
    if (program.process.exitCode === null) await once(program.process, 'exit');
    expect(program.process.exitCode).toBe(0);
    expect(await postgresPid()).toBeUndefined();
  });

  test('a command with a database for its own duration ends, and the database too', async () => {
    const watch = ['projections', 'status', '--watch', '--interval', '0.05'];
    const { process: child, ended } = launchProgram(watch, env);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    expect(await postgresPid()).toBeDefined();
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await postgresPid()).toBeUndefined();
  });
});

test('a second one on the folder is refused, and other commands work beside the first', async () => {
  const first = await start();
  const { exitCode, stderr } = await runProgram(['start'], { ...env, PORT: '0' });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`another \`tidemark start\` (pid ${first.process.pid}) is already using`);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect((await runProgram(['projections', 'status', '--json'], env)).exitCode).toBe(0);
  expect((await fetch(first.at('/livez'))).status).toBe(200);
  expect(await postgresPid()).toBeDefined();
});

test('other commands start the database for their own duration', async () => {
  expect((await runProgram(['projections', 'status', '--json'], env)).exitCode).toBe(0);
  expect(await postgresPid()).toBeUndefined();
});

test('after kill -9 the next one takes over', async () => {
  const first = await start();
  await first.end('SIGKILL');
  const second = await start();
  expect((await fetch(second.at('/livez'))).status).toBe(200);
  await second.end();
  expect(await postgresPid()).toBeUndefined();
});

test('after kill -9 of everything the next one recovers', async () => {
  const first = await start();
  const pid = await postgresPid();
  await first.end('SIGKILL');
  process.kill(pid ?? 0, 'SIGKILL');
  const second = await start();
  expect((await fetch(second.at('/livez'))).status).toBe(200);
});

test('a database that is killed under it comes back, and it serves again', async () => {
  const program = await start();
  const killed = await postgresPid();
  process.kill(killed ?? 0, 'SIGKILL');
  await until(async () => {
    const { status } = await fetch(program.at('/readyz'));
    return status === 200 && (await postgresPid()) !== killed;
  });
  expect((await program.end()).exitCode).toBe(0);
  expect(await postgresPid()).toBeUndefined();
});

describe('a port that is taken', () => {
  let other: Server;
  beforeEach(async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
  });
  afterEach(() => other.close());

  test('is one clear error, and the database ends again', async () => {
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : address);
    const { exitCode, stderr } = await runProgram(['start', '--port', port], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^Error: Port ${port} on 127.0.0.1 is taken .* --port N or PORT=N .*\\n$`),
    );
    expect(await postgresPid()).toBeUndefined();
  });
});

test('a bad configuration names every bad variable and starts nothing', async () => {
  const { exitCode, stderr } = await runProgram(['start'], { ...env, PORT: 'x', LOG_LEVEL: 'loud' });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/PORT=x.*\n.*LOG_LEVEL=loud/);
  expect(await postgresPid()).toBeUndefined();
});

test('a data folder that cannot be used is one clear error', async () => {
  await useEmptyFolder();
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  const { exitCode, stderr } = await runProgram(['start'], { ...env, TIDEMARK_DATA_DIR: file });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr:
      `Error: The data folder ${file} cannot be written (it is no folder). ` +
      'Make it writable, or choose another TIDEMARK_DATA_DIR.\n',
  });
});

test('a server of one’s own that cannot be reached is one clear error without its password', async () => {
  const { exitCode, stderr } = await runProgram(['start'], {
    ...env,
    DATABASE_URL: 'postgres://shop:hunter2@127.0.0.1:9/shop',
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^Error: DATABASE_URL \(postgres:\/\/shop@127\.0\.0\.1:9\/shop\) cannot be used: .*ECONNREFUSED.*\n$/,
  );
});

test('what the shell gets for wrong usage', async () => {
  const unknown = await runProgram(['strat'], env);
  expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Did you mean start?') });
  expect(await runProgram(['--version'], env)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  expect(await runProgram(['--help'], env)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('doctor'),
  });
});

test('doctor tells what is wrong, and fails then', async () => {
  await useEmptyFolder();
  expect(await runProgram(['doctor'], env)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('none yet'),
  });
  await mkdir(join(dataDir, 'postgres/data'), { recursive: true });
  const { exitCode, stdout } = await runProgram(['doctor'], env);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/fail +database +.*holds no usable PostgreSQL database/);
});
