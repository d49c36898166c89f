import { until } from '../support/until';
import { runs, workersOf } from '../support/workers';
import { census, expectWholeLog, readLog } from './support/census';
import { killProcess } from './support/database-processes';
import { expectEqualReadModels } from './support/equal-read-models';
import { type Request, WRITERS, writeUntilKilled } from './support/requests';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { type Run, Sandbox } from './support/sandbox';

const KILLS = 4;
const ROLES = ['projector', 'exporter'];
const MOST_EVENTS = 2_000;
const EVENTS = 'SELECT max(position) FROM tidemark.events';
/** An orphan ends at once. */
const ORPHANS_END_WITHIN_MS = 10_000;

let empty: Sandbox;
beforeAll(async () => {
  empty = await Sandbox.create();
}, ROUND_TIMEOUT_MS);
afterAll(() => empty.remove());

/** Waits until all workers are heard of. @returns their processes by role */
async function running(url: string): Promise<Record<string, number>> {
  const told = async () => Object.entries(await workersOf(url));
  await until(async () => (await told()).every(([, { status }]) => status === 'running'));
  return Object.fromEntries((await told()).map(([role, { pid }]) => [role, pid]));
}

/** While a server runs: read models are equal to the log. Ends it. */
async function endWithEqualReadModels(sandbox: Sandbox, start: Run): Promise<string> {
  await expectEqualReadModels(sandbox);
  start.process.kill('SIGTERM');
  const { exitCode, stdout } = await start.ended;
  expect(exitCode).toBe(0);
  return stdout;
}

/** The log has every request once; lake and warehouse are equal to it. */
async function expectExact(sandbox: Sandbox, requests: readonly Request[], fault: string): Promise<void> {
  const log = await readLog(sandbox);
  expectWholeLog(log);
  const { lost, doubled } = census(log, new Set(requests.map(({ event }) => event)));
  const unanswered = requests.filter(({ answer }) => !answer).map(({ event }) => event);
  const lostAnswered = lost.filter((event) => !unanswered.includes(event));
  for (const args of [
    ['export', 'run'],
    ['warehouse', 'load'],
    ['warehouse', 'verify'],
  ]) {
    const { exitCode, stdout, stderr } = await sandbox.start(...args).ended;
    expect({ args, exitCode, said: exitCode === 0 ? '' : stdout + stderr }).toMatchObject({ exitCode: 0 });
  }
  tell({ fault, lost: lostAnswered.length, doubled: doubled.length });
  expect({ lostAnswered, doubled }).toEqual({ lostAnswered: [], doubled: [] });
}

describe('the workers of a `start`, killed in turn while orders come in', () => {
  it.each(rounds)(
    'round $round: are started again, and the API answers all the while',
    async () => {
      const sandbox = await Sandbox.create(empty);
      try {
        const start = sandbox.start('start');
        const url = await start.url;
        const killed: { role: string; restarts: number }[] = [];
        const requests = await writeUntilKilled(url, async () => {
          for (const [index, events] of randomPoints(KILLS, MOST_EVENTS).entries()) {
            const role = ROLES[index % ROLES.length] as string;
            const restarts = 1 + Math.floor(index / ROLES.length);
            const pid = (await running(url))[role] as number;
            await sandbox.until(start, EVENTS, WRITERS + events);
            killProcess(pid);
            killed.push({ role, restarts });
            await until(async () => (await workersOf(url))[role]?.restarts === restarts);
          }
          await running(url);
        });
        expect(requests.filter(({ answer }) => !answer)).toEqual([]);
        const stdout = await endWithEqualReadModels(sandbox, start);
        const said = stdout.split('\n').filter((line) => line.includes('a worker ended'));
        expect(said.map((line) => JSON.parse(line))).toMatchObject(
          killed.map((each) => ({ ...each, level: 'error', reason: 'SIGKILL' })),
        );
        await expectExact(sandbox, requests, `kill -9 of projector and exporter of a start (${KILLS} times)`);
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});

describe('a `start` that is killed while orders come in', () => {
  it.each(rounds)(
    'round $round: leaves no process behind, also where one of them is stopped, and nothing is lost',
    async ({ round }) => {
      const sandbox = await Sandbox.create(empty);
      try {
        const start = sandbox.start('start');
        const url = await start.url;
        let pids: number[] = [];
        const requests = await writeUntilKilled(url, async () => {
          pids = Object.values(await running(url));
          await sandbox.until(start, EVENTS, WRITERS + (randomPoints(1, MOST_EVENTS)[0] ?? 0));
          const stopped = round % 2 === 0 ? (pids[round % pids.length] as number) : undefined;
          if (stopped !== undefined) process.kill(stopped, 'SIGSTOP');
          start.process.kill('SIGKILL');
          if (stopped !== undefined) process.kill(stopped, 'SIGCONT');
          await until(() => !pids.some(runs), 'the workers have ended', ORPHANS_END_WITHIN_MS);
        });
        const next = sandbox.start('start');
        await running(await next.url);
        await endWithEqualReadModels(sandbox, next);
        await expectExact(sandbox, requests, 'kill -9 of a start with workers');
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});
