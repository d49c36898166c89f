import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { TcpProxy } from '../../test/support/tcp-proxy';
import { AdvisoryLock, FROZEN_AFTER_MS } from './advisory-lock';

jest.setTimeout(120_000);

const SUPPORT = path.join(__dirname, '../../test/support');
const NAME = 'a lock of this spec';

let database: TestDatabase;
let holder: ChildProcess | undefined;
const never = new AbortController().signal;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  holder?.kill('SIGKILL');
  holder = undefined;
  await database.drop();
});

async function startHolder(): Promise<ChildProcess> {
  const script = [path.join(SUPPORT, 'run-typescript.js'), path.join(SUPPORT, 'lock-process.ts')];
  holder = spawn(process.execPath, [...script, database.url, NAME], { stdio: ['ignore', 'pipe', 'inherit'] });
  expect(await nextWord(holder)).toBe('taken');
  return holder;
}

async function nextWord(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  return String(chunk).trim();
}

describe('an advisory lock', () => {
  it('is taken from a holder that is frozen, which finds out when it wakes up', async () => {
    const frozen = await startHolder();
    frozen.kill('SIGSTOP');
    const lock = await AdvisoryLock.acquire(database.url, NAME, never);
    expect(lock?.held).toBe(true);
    frozen.kill('SIGCONT');
    expect(await nextWord(frozen)).toBe('lost');
    expect(lock?.held).toBe(true);
    await lock?.release();
  });

  it('stays with a holder that is awake, however long others wait', async () => {
    const lock = await AdvisoryLock.acquire(database.url, NAME, never);
    const waiting = new AbortController();
    const second = AdvisoryLock.acquire(database.url, NAME, waiting.signal);
    const taken = await Promise.race([second.then(() => true), delay(FROZEN_AFTER_MS * 1.5, false)]);
    expect({ taken, held: lock?.held }).toEqual({ taken: false, held: true });
    await lock?.release();
    expect((await second)?.held).toBe(true);
    await (await second)?.release();
  });

  it('is given up by a holder that gets no answer, before anybody tells it', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = await TcpProxy.open(hostname, Number(port));
    const throughProxy = new URL(database.url);
    throughProxy.port = String(proxy.port);
    const lock = await AdvisoryLock.acquire(throughProxy.href, NAME, never);
    const lost = new Promise<void>((resolve) => lock?.onLost(resolve));
    proxy.stall();
    await lost;
    expect(lock?.held).toBe(false);
    const told = jest.fn();
    lock?.onLost(told);
    expect(told).toHaveBeenCalledTimes(1);
    await proxy.close();
  });

  it('is waited for until the signal aborts', async () => {
    const lock = await AdvisoryLock.tryAcquire(database.url, NAME);
    expect(await AdvisoryLock.tryAcquire(database.url, NAME)).toBeNull();
    expect(await AdvisoryLock.acquire(database.url, NAME, AbortSignal.timeout(200))).toBeNull();
    await lock?.release();
  });
});
