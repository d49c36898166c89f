import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { append, orderLog } from '../../bench/support/order-log';
import { createLakeProgram, type LakeProgram } from '../../test/support/lake-program';
import { writeLog } from '../../test/support/mixed-log';
import { launchProgram, type Outcome, startProgram } from '../../test/support/program';
import { until } from '../../test/support/until';
import { PostgresEventStore } from '../event-store/postgres/postgres.event-store';
import { Listener } from '../postgres/listener';

jest.setTimeout(180_000);

const ORDERS = 600;
/** An orderly end takes a second. A program that has not ended by now hangs. */
const HANGS_MS = 15_000;

let shop: LakeProgram;

beforeAll(async () => {
  shop = await createLakeProgram();
  const listener = new Listener(shop.database.url);
  const store = await PostgresEventStore.open({ pool: shop.database.pool, listener });
  await writeLog(store, ordersOfManyMonths());
  await store.close();
  await listener.close();
});
afterAll(() => shop.remove());

/** Each in a month of its own: each month is a partition, with files of its own. */
function* ordersOfManyMonths() {
  let number = 0;
  for (const { stream, event } of orderLog(ORDERS)) {
    if (event.type !== 'OrderPlaced') continue;
    yield append(stream, 0, event.type, event.data, Date.UTC(1990, number++, 1));
  }
}

/** How many data files the exporter has made, or taken to the lake. */
async function filesMade(): Promise<number> {
  const folders = [path.join(shop.folder, 'lake-work'), shop.lake];
  const names = await Promise.all(
    folders.map((folder) => readdir(folder, { recursive: true }).catch(() => [])),
  );
  return names.flat().filter((name) => name.endsWith('.parquet')).length;
}

/** Waits until a cut is being written: some files stand there, and many are to come. */
async function untilAmongFiles(files: number): Promise<void> {
  while ((await filesMade()) < files) await delay(2);
}

async function inTime<T>(ended: Promise<T>, child: ChildProcess): Promise<T> {
  const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_MS);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}

describe('SIGTERM while the exporter writes a cut of many files', () => {
  beforeEach(() => rm(shop.lake, { recursive: true, force: true }));

  it.each([1, 20, 60, 150, 400])('ends `tidemark start` in order (at file %i)', async (files) => {
    const program = await startProgram(shop.env);
    await untilAmongFiles(files);
    const { exitCode, stdout } = await inTime(program.end('SIGTERM'), program.process);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('Not everything ended in time');
    expect(await readdir(path.join(shop.folder, 'lake-work'))).toEqual([]);
  });

  it.each([
    ['SIGINT', 1],
    ['SIGTERM', 60],
    ['SIGINT', 300],
  ] as const)('ends `tidemark export run` with 130, too (%s at file %i)', async (signal, files) => {
    const { process: child, ended } = launchProgram(['export', 'run'], shop.env);
    await untilAmongFiles(files);
    child.kill(signal);
    expect(await inTime(ended, child)).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/\nInterrupted\.\n$|^Interrupted\.\n$/),
    });
  });
});

describe('Ctrl-C and SIGTERM end a command at once', () => {
  async function untilImporting(): Promise<void> {
    const staging =
      "SELECT FROM pg_stat_activity WHERE application_name = 'tidemark import' " +
      "AND query LIKE '%import_lines%'";
    while ((await shop.database.pool.query(staging)).rowCount === 0) await delay(20);
  }

  const isBeingWritten = async () => (await readdir(shop.folder)).some((name) => name.startsWith('out.csv'));

  async function endsWith130(
    child: ChildProcess,
    ended: Promise<Outcome>,
    signal: NodeJS.Signals,
  ): Promise<void> {
    const askedAt = performance.now();
    child.kill(signal);
    expect(await inTime(ended, child)).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/(^|\n)Interrupted\.\n$/),
    });
    expect(performance.now() - askedAt).toBeLessThan(HANGS_MS / 2);
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('while an import waits for standard input (%s)', async (signal) => {
    const { process: child, ended } = launchProgram(['import', 'orders', '-'], shop.env);
    await untilImporting();
    await endsWith130(child, ended, signal);
  });

  it('while an import reads line ends and nothing else', async () => {
    const { process: child, ended } = launchProgram(['import', 'orders', '-'], shop.env);
    const lineEnds = Buffer.alloc(1_000_000, '\n');
    let megabytes = 0;
    const endless = (function* () {
      for (; ; megabytes++) yield lineEnds;
    })();
    // Ends with EPIPE when the program does.
    const written = pipeline(endless, child.stdin as Writable).catch(() => {});
    await until(() => megabytes > 2);
    await endsWith130(child, ended, 'SIGTERM');
    await written;
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('while a query of the warehouse runs (%s)', async (signal) => {
    expect(await shop.run('warehouse', 'init')).toMatchObject({ exitCode: 0 });
    const endless = 'SELECT count(*) FROM range(100000000000) t(a), range(1000) u(b) WHERE a * b % 7 = 3';
    const output = ['--output', path.join(shop.folder, 'out.csv')];
    const { process: child, ended } = launchProgram(['warehouse', 'query', endless, ...output], shop.env);
    while (!(await isBeingWritten())) await delay(20);
    await endsWith130(child, ended, signal);
    expect(await isBeingWritten()).toBe(false);
  });

  it('while the simulator waits for a server that does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = ['--url', `http://127.0.0.1:${port}/graphql`];
    const { process: child, ended } = launchProgram(['simulate', ...url], shop.env);
    await once(server, 'connection');
    await endsWith130(child, ended, 'SIGTERM');
    server.close();
  });

  it('while a replay waits for a lock', async () => {
    const client = await shop.database.pool.connect();
    try {
      await client.query('BEGIN; LOCK TABLE tidemark.generations');
      const { process: child, ended } = launchProgram(['replay', '--all'], shop.env);
      const waiting =
        "SELECT FROM pg_stat_activity WHERE application_name LIKE 'tidemark replay%' " +
        "AND wait_event_type = 'Lock'";
      while ((await shop.database.pool.query(waiting)).rowCount === 0) await delay(20);
      await endsWith130(child, ended, 'SIGTERM');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
