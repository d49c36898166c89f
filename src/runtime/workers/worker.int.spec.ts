import { join } from 'node:path';
import pino from 'pino';
import { until } from '../../../test/support/until';
import { Worker, type WorkerOptions } from './worker';

const MODULE = join(__dirname, '../../../test/support/fake-worker.js');
const SOON = { firstMs: 10, longestMs: 10 };

let log: Record<string, unknown>[];
const running: Worker[] = [];
beforeEach(() => {
  log = [];
});
afterEach(() => Promise.all(running.splice(0).map((worker) => worker.stop())));

function start(role: string, options: Partial<WorkerOptions> = {}): Worker {
  const logger = pino({ base: undefined }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const work = { kind: 'work', environment: { SHOP: 'mine' }, databaseUrl: '' } as const;
  const worker = new Worker({ role, module: MODULE, work, logger, restartPauses: SOON, ...options });
  running.push(worker);
  return worker;
}

const ends = () => log.filter(({ msg }) => msg === 'a worker ended, and is started again');

/** Waits until it is heard of. @returns its process */
async function heardOf(worker: Worker): Promise<number> {
  await until(async () => worker.state.beat !== undefined);
  return worker.state.pid as number;
}

it('is told what to do, and what it logs is in the log with its role', async () => {
  const worker = start('exporter');
  await heardOf(worker);
  await until(async () => log.length === 2);
  expect(log).toMatchObject([
    { role: 'exporter', shop: 'mine' },
    { role: 'exporter', msg: 'not an entry' },
  ]);
});

it('is started again when it is killed, which is said in one entry', async () => {
  const worker = start('projector');
  const killed = await heardOf(worker);
  process.kill(killed, 'SIGKILL');
  await until(async () => worker.state.pid !== undefined && worker.state.pid !== killed);
  await heardOf(worker);
  expect(ends()).toMatchObject([{ level: 50, role: 'projector', reason: 'SIGKILL', restarts: 1 }]);
  expect(worker.state).toMatchObject({ restarts: 1, lastEnd: { reason: 'SIGKILL' }, earlierCpuSeconds: 1.5 });
});

it('is killed and started again when it is not heard of any more', async () => {
  const worker = start('hangs', { silentBeats: 1 });
  await until(async () => worker.state.restarts > 0);
  expect(ends()[0]).toMatchObject({ role: 'hangs', reason: 'it hung: not heard of for 1 s' });
});

it('rests longer each time when it fails again and again, and says why', async () => {
  const worker = start('fails', { restartPauses: { firstMs: 10, longestMs: 60_000 } });
  await until(async () => worker.state.restarts === 4);
  expect(ends()).toMatchObject(
    [10, 20, 40, 80].map((retryInMs) => ({ reason: 'the lake is dry', retryInMs })),
  );
});

it('ends when it is told to, is not started again, and nothing is said of it', async () => {
  const worker = start('projector');
  const pid = await heardOf(worker);
  await worker.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(worker.state).toMatchObject({ pid: undefined, restarts: 0 });
  expect(ends()).toEqual([]);
});

it('ends before it has begun, when it is told to at once', async () => {
  const worker = start('projector');
  await worker.stop();
  expect(worker.state.pid).toBeUndefined();
});

it('is killed when it does not end in time', async () => {
  const worker = start('deaf', { stopWithinMs: 100 });
  const pid = await heardOf(worker);
  await worker.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(log.at(-1)).toMatchObject({ role: 'deaf', msg: 'a worker did not end in time, and is killed' });
});
