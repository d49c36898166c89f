import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PROGRAM } from '../../test/support/program';

jest.setTimeout(180_000);

const SAMPLE = path.join(__dirname, '../../samples/orders.csv');

let base: string;
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'tidemark-private-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** Runs a command where new files are open to everybody. */
function runOpenly(dataDir: string, ...args: string[]) {
  const script = ['-c', 'umask 0; exec "$0" "$@"', process.execPath, PROGRAM, ...args];
  const { PATH, HOME } = process.env;
  return promisify(execFile)('/bin/sh', script, {
    cwd: base,
    env: { PATH, HOME, TIDEMARK_DATA_DIR: dataDir },
  });
}

/** What others than the owner may read, write or enter, with its mode. */
async function openToOthers(top: string): Promise<string[]> {
  const names = ['.', ...(await readdir(top, { recursive: true }))];
  const modes = await Promise.all(
    names.map(async (name) => {
      const info = await lstat(path.join(top, name));
      return info.isSymbolicLink() || (info.mode & 0o077) === 0 ? [] : [`${name} ${info.mode.toString(8)}`];
    }),
  );
  return modes.flat();
}

test('whatever the umask, nobody else may read the data folder or what commands write', async () => {
  const dataDir = path.join(base, 'made');
  const out = path.join(base, 'out');
  await mkdir(out, { mode: 0o700 });
  const inOut = (name: string) => path.join(out, name);
  await runOpenly(dataDir, 'import', 'orders', SAMPLE, '--rejects', inOut('rejects.csv')).catch(() => {});
  await runOpenly(dataDir, 'export', 'run');
  await runOpenly(dataDir, 'warehouse', 'load');
  await runOpenly(dataDir, 'warehouse', 'query', 'select * from fact_orders', '--output', inOut('facts.csv'));
  await runOpenly(dataDir, 'warehouse', 'export', '--parquet', inOut('parquet'));
  expect(await readdir(dataDir)).toEqual(expect.arrayContaining(['lake', 'postgres', 'warehouse.duckdb']));
  expect(await readdir(out)).toEqual(['facts.csv', 'parquet', 'rejects.csv']);
  expect(await openToOthers(dataDir)).toEqual([]);
  expect(await openToOthers(out)).toEqual([]);
});

test('a data folder that an older version left open is closed', async () => {
  const dataDir = path.join(base, 'older');
  await runOpenly(dataDir, 'import', 'orders', SAMPLE, '--credit-note-prefix', 'C');
  await promisify(execFile)('chmod', ['755', dataDir]);
  await runOpenly(dataDir, 'projections', 'status');
  expect((await lstat(dataDir)).mode & 0o777).toBe(0o700);
});
