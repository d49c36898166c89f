import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProgram, runProgram, startProgram } from '../../test/support/program';
import { until } from '../../test/support/until';
import { runs, workersOf } from '../../test/support/workers';

let folder: string;
let env: Record<string, string>;
let program: RunningProgram;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-workers-'));
  env = { TIDEMARK_DATA_DIR: folder, REPORTING_CURRENCY: 'EUR' };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts it, and waits until all workers are heard of. @returns their processes by role */
async function start(more: Record<string, string> = {}): Promise<Record<string, number>> {
  program = await startProgram({ ...env, ...more });
  return running();
}

async function running(): Promise<Record<string, number>> {
  const told = async () => Object.entries(await workersOf(program.url));
  await until(async () => (await told()).every(([, { status }]) => status === 'running'));
  return Object.fromEntries((await told()).map(([role, { pid }]) => [role, pid]));
}

/** Places an order and waits until the read model shows it. */
async function place(orderId: string): Promise<void> {
  const input = `{ idempotencyKey: "${orderId}", orderId: "${orderId}", country: "DE", currency: "EUR",
    lines: [{ productId: "p", unitPrice: "1.00", quantity: 1 }] }`;
  const placed = await ask(
    `mutation { placeOrder(input: ${input}) { ... on OrderAccepted { consistencyToken } } }`,
  );
  const token = (placed.placeOrder as { consistencyToken: string }).consistencyToken;
  const consistency = `consistency: { token: "${token}", timeoutMs: 30000 }`;
  expect(await ask(`{ order(id: "${orderId}", ${consistency}) { id } }`)).toEqual({ order: { id: orderId } });
}

/** Waits until /metrics say how far the lake is: the exporter begins behind the settings of the store. */
const untilExported = (): Promise<void> =>
  until(async () => /tidemark_lake_position \d+\n/.test(await (await fetch(program.at('/metrics'))).text()));

async function ask(query: string): Promise<Record<string, unknown>> {
  const response = await fetch(program.at('/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

test('a killed worker is started again, which the log, /readyz, /metrics and doctor say', async () => {
  const { projector, exporter } = await start();
  await place('first');
  process.kill(projector as number, 'SIGKILL');
  await place('second');
  const after = await running();
  expect(after.projector).not.toBe(projector);
  expect(after.exporter).toBe(exporter);
  expect((await workersOf(program.url)).projector).toMatchObject({
    restarts: 1,
    lastEnd: { reason: 'SIGKILL' },
  });
  await untilExported();
  const metrics = await (await fetch(program.at('/metrics'))).text();
  expect(metrics).toContain('tidemark_worker_restarts_total{role="projector"} 1\n');
  expect(metrics).toContain('tidemark_worker_up{role="exporter"} 1\n');
  const { exitCode, stdout } = await runProgram(['doctor'], env);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/warn +workers +projector running, pid \d+; started again 1 time, last .*: SIGKILL/);
  expect(stdout).toMatch(/ok +workers +exporter running, pid \d+\n/);

  const ended = await program.end('SIGTERM');
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  const entries = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.filter(({ level }) => level !== 'info')).toMatchObject([
    { level: 'error', role: 'projector', reason: 'SIGKILL', restarts: 1, msg: expect.any(String) },
  ]);
  expect([...Object.values(after), projector].filter((pid) => runs(pid as number))).toEqual([]);
});

test('a signal that reaches all its processes at once ends it in order', async () => {
  const workers = Object.values(await start({ LOG_LEVEL: 'info' }));
  for (const pid of workers) process.kill(pid, 'SIGTERM');
  await place('third');
  const { exitCode, stdout, stderr } = await program.end('SIGTERM');
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: expect.anything(), stderr: '' });
  expect(stdout).not.toContain('ended');
  expect(workers.filter(runs)).toEqual([]);
});

test('its kill -9 leaves no worker behind', async () => {
  const workers = Object.values(await start());
  expect(workers).toHaveLength(2);
  await program.end('SIGKILL');
  await until(() => !workers.some(runs));
});

test('TIDEMARK_WORKERS=0 runs all in one process', async () => {
  await start({ TIDEMARK_WORKERS: '0' });
  await place('fourth');
  const pid = program.process.pid;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const programs = await Promise.all(
    children
      .trim()
      .split(' ')
      .filter((child) => child !== '')
      .map((child) => readFile(`/proc/${child}/cmdline`, 'utf8')),
  );
  expect(programs.filter((line) => line.includes('workers'))).toEqual([]);
  expect(await workersOf(program.url)).toEqual({});
  await untilExported();
  expect((await program.end('SIGTERM')).exitCode).toBe(0);
});
