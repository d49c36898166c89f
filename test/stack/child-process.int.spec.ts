import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startChild } from '../../stack/child-process';
import { until } from '../support/until';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.js');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a child process', () => {
  it('is ended when its parent is killed', async () => {
    const parent = spawn(process.execPath, [RUN_TYPESCRIPT, join(__dirname, 'support/parent.ts')]);
    const [pid] = (await once(createInterface(parent.stdout), 'line')) as [string];
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(Number(pid)));
  });

  it('is asked to end, and the signal that did it is told', async () => {
    const child = await startChild(['sleep', '600']);
    await child.stop();
    expect(await child.ended).toBe('signal 15');
    expect(isAlive(child.pid)).toBe(false);
  });

  it('is killed when it does not end in time', async () => {
    const child = await startChild(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']);
    await once(child.output, 'data');
    await child.stop(200);
    expect(await child.ended).toBe('signal 9');
    expect(isAlive(child.pid)).toBe(false);
  });

  it('tells how it ended, and all that it wrote', async () => {
    const child = await startChild(['sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(await text(child.output)).toBe('out\nerr\n');
    expect(await child.ended).toBe('exit code 7');
  });

  it('adds its output to a file where one is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-child-'));
    const logFile = join(folder, 'log');
    for (const word of ['one', 'two']) await (await startChild(['echo', word], { logFile })).ended;
    expect(await readFile(logFile, 'utf8')).toBe('one\ntwo\n');
    await rm(folder, { recursive: true });
  });

  it('that cannot be started has ended with an exit code', async () => {
    const child = await startChild(['/no/such/program']);
    expect(await child.ended).toBe('exit code 127');
  });
});
