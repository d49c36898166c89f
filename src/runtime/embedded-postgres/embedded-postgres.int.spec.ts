import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { until } from '../../../test/support/until';
import { StartupError } from '../errors';
import {
  AlreadyRunningError,
  type AttachedPostgres,
  type AttachOptions,
  attachEmbeddedPostgres,
} from './embedded-postgres';
import { findPostmaster } from './postmaster';

/** A data folder with a database. Tests share it, and leave it as it was: making one takes a second. */
let shared: string;
/** Of the test: the shared one, unless it asks for another. */
let dataDir: string;
const folders: string[] = [];
const attached: AttachedPostgres[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-embedded-'));
  folders.push(folder);
  return folder;
}

beforeAll(async () => {
  shared = await newFolder();
  await (await attachEmbeddedPostgres({ dataDir: shared, applicationName: 'a spec' })).leave();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

beforeEach(() => {
  dataDir = shared;
});
afterEach(async () => {
  for (const postgres of attached.splice(0)) await postgres.leave();
});

const data = () => join(dataDir, 'postgres/data');

async function attach(options: Partial<AttachOptions> = {}): Promise<AttachedPostgres> {
  // No test cuts the power, and waiting for a busy disk would take most of their time.
  const settings = { fsync: 'off' };
  const postgres = await attachEmbeddedPostgres({ dataDir, applicationName: 'a spec', settings, ...options });
  attached.push(postgres);
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** An empty data folder for this test alone. */
async function useEmptyFolder(): Promise<void> {
  dataDir = await newFolder();
}

/**
 * Changes a file of the database for as long as `work` takes.
 * @param text undefined: there is no such file
 */
async function withFile(name: string, text: string | undefined, work: () => Promise<unknown>): Promise<void> {
  const file = join(dataDir, 'postgres', name);
  const before = await readFile(file).catch(() => undefined);
  await (text === undefined ? rm(file) : writeFile(file, text, { mode: 0o600 }));
  try {
    await work();
  } finally {
    await (before === undefined ? rm(file, { force: true }) : writeFile(file, before));
  }
}

test('an empty folder becomes a database that keeps its data over a restart', async () => {
  await useEmptyFolder();
  const first = await attach();
  await query(first.url, "CREATE TABLE t AS SELECT 'kept' AS v");
  await first.leave();
  expect(await findPostmaster(data())).toBeUndefined();
  const second = await attach();
  expect(await query(second.url, 'SELECT v FROM t')).toEqual([['kept']]);
});

test('it is durable, has checksums, sorts UTF-8 by bytes, and asks for a password', async () => {
  const { url } = await attach({ settings: {} });
  const settings = ['fsync', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'server_encoding'];
  const sql = `SELECT ${settings.map((name) => `current_setting('${name}')`).join(', ')}`;
  expect(await query(url, sql)).toEqual([['on', 'on', 'on', '127.0.0.1', 'UTF8']]);
  expect(await query(url, "SELECT 'Z' < 'a', upper('é')")).toEqual([[true, 'É']]);
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('the last one to leave stops it', async () => {
  const [first, second] = [await attach(), await attach()];
  expect(second.url).toBe(first.url);
  await first.leave();
  expect(await query(second.url, 'SELECT 1')).toEqual([[1]]);
  await second.leave();
  expect(await findPostmaster(data())).toBeUndefined();
});

test('processes that start at once on an empty folder share one database', async () => {
  await useEmptyFolder();
  const all = await Promise.all([attach(), attach(), attach()]);
  expect(new Set(all.map(({ url }) => url)).size).toBe(1);
  expect(await readdir(dataDir)).toEqual(['postgres']);
});

test('what a killed maker of a database left behind is swept away', async () => {
  await useEmptyFolder();
  const maker = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(maker, 'spawn');
  await Promise.all([4_194_305, maker.pid].map((pid) => mkdir(join(dataDir, `postgres.new-${pid}-abc`))));
  await attach();
  expect(await readdir(dataDir)).toEqual(['postgres', `postgres.new-${maker.pid}-abc`]);
  maker.kill('SIGKILL');
});

test('who comes while the last one leaves has a database', async () => {
  const comeAndGo = async () => {
    for (let round = 0; round < 6; round++) {
      const postgres = await attach();
      expect(await query(postgres.url, 'SELECT 1')).toEqual([[1]]);
      await postgres.leave();
    }
  };
  await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
  expect(await findPostmaster(data())).toBeUndefined();
});

test('a second exclusive one is refused with the name of the first; others are let in', async () => {
  const first = await attach({ applicationName: 'tidemark start', exclusive: true });
  const refused = attach({ applicationName: 'tidemark start', exclusive: true });
  await expect(refused).rejects.toThrow(AlreadyRunningError);
  await expect(refused).rejects.toThrow(`another \`tidemark start\` (pid ${process.pid}) is already using`);
  const beside = await attach();
  await first.leave();
  await attach({ exclusive: true });
  expect(await query(beside.url, 'SELECT 1')).toEqual([[1]]);
});

test('a server that is killed comes back on its port, with everything that was committed', async () => {
  const { url } = await attach({ exclusive: true });
  await query(url, 'CREATE TABLE committed AS SELECT 1 AS v');
  const before = await findPostmaster(data());
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await until(async () => {
    const now = await findPostmaster(data());
    return now?.status === 'ready' && now.pid !== before?.pid;
  });
  expect(await query(url, 'SELECT v FROM committed')).toEqual([[1]]);
  await until(async () => {
    const rows = await query(url, "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'");
    return JSON.stringify(rows) === '[[2]]';
  });
});

test('an empty pid file, as a power cut leaves it, does not keep it from starting', async () => {
  const pidFile = join(data(), 'postmaster.pid');
  await writeFile(pidFile, '', { mode: 0o600 });
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(pidFile, longAgo, longAgo);
  expect(await query((await attach()).url, 'SELECT 1')).toEqual([[1]]);
});

describe('a pid file that was left behind', () => {
  let other: ChildProcess;
  beforeEach(async () => {
    other = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(other, 'spawn');
  });
  afterEach(() => other.kill('SIGKILL'));

  test('and names a process of another program does not keep it from starting', async () => {
    const first = await attach();
    const pidFile = await readFile(join(data(), 'postmaster.pid'), 'utf8');
    await first.leave();
    await writeFile(join(data(), 'postmaster.pid'), pidFile.replace(/^\d+/, String(other.pid)), {
      mode: 0o600,
    });
    const second = await attach();
    expect(await query(second.url, 'SELECT 1')).toEqual([[1]]);
    expect(other.exitCode).toBeNull();
  });

  test.each(['-1', '-4194304'])(
    'and holds %s, as for a single user, does not have it start for ever',
    async (pid) => {
      await writeFile(join(data(), 'postmaster.pid'), `${pid}\n${data()}\n`, { mode: 0o600 });
      expect(await query((await attach()).url, 'SELECT 1')).toEqual([[1]]);
    },
  );
});

describe('what cannot work is said in a sentence', () => {
  async function refusal(): Promise<string> {
    const error = await attach().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StartupError);
    return (error as Error).message;
  }

  test('a data folder that is a file', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    const attempt = attach({ dataDir: file });
    await expect(attempt).rejects.toThrow(`The data folder ${file} cannot be written (it is no folder)`);
  });

  test('a database of another version', () =>
    withFile('data/PG_VERSION', '15\n', async () => {
      const made = /postgres was made by PostgreSQL 15, which this Tidemark does not bring/;
      expect(await refusal()).toMatch(made);
    }));

  test('a folder that is no database', async () => {
    await useEmptyFolder();
    await writeFile(join(dataDir, 'postgres'), '');
    expect(await refusal()).toMatch(/holds no usable PostgreSQL database/);
  });

  test('a damaged database, with what PostgreSQL says of it', () =>
    withFile('data/global/pg_control', undefined, async () => {
      const message = await refusal();
      expect(message).toMatch(/PostgreSQL did not start: its files in .* may be damaged/);
      expect(message).toMatch(/ {2}\| .*pg_control/);
      expect(await findPostmaster(data())).toBeUndefined();
    }));

  test('a pid file with something else in it', () =>
    withFile('data/postmaster.pid', 'nonsense\n', async () => {
      const other = /PostgreSQL did not start: .*postmaster\.pid is not what PostgreSQL wrote/;
      expect(await refusal()).toMatch(other);
      expect(await findPostmaster(data())).toBeUndefined();
    }));

  test('a wrong password, and no server stays', () =>
    withFile('secret.json', JSON.stringify({ password: 'a/b@c wrong' }), async () => {
      const wrong = /^The password in .*secret\.json is not that of the database beside it\./;
      expect(await refusal()).toMatch(wrong);
      expect(await findPostmaster(data())).toBeUndefined();
    }));

  test.each([
    ['a file without a password', '{}'],
    ['a lost password file', undefined],
  ])('%s', (_, text) =>
    withFile('secret.json', text, async () => {
      const lost = /secret\.json, the password of the embedded database, is missing or damaged/;
      expect(await refusal()).toMatch(lost);
    }),
  );
});
