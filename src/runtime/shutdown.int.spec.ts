import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const SUPPORT = path.join(__dirname, '../../test/support');
/** A program that has not ended by now hangs. */
const HANGS_MS = 10_000;

let child: ChildProcess;
afterEach(() => {
  child.kill('SIGKILL');
});

async function start(kind: string): Promise<ChildProcess> {
  const args = [path.join(SUPPORT, 'run-typescript.js'), path.join(SUPPORT, 'ending-process.ts'), kind];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

/** How a process ended: exit code or signal, or `hangs`. */
async function endOf(process: ChildProcess): Promise<unknown> {
  const timer = setTimeout(() => process.emit('exit', 'hangs'), HANGS_MS);
  const [code, signal] = await once(process, 'exit');
  clearTimeout(timer);
  return code ?? signal;
}

describe('a process that ends while DuckDB runs a query', () => {
  it.each(['plain', 'rows'])('interrupts it and keeps its exit code (%s)', async (kind) => {
    for (let round = 0; round < 3; round++) expect(await endOf(await start(kind))).toBe(7);
  });

  it('ends by the signal where the query cannot be interrupted', async () => {
    const process = await start('deaf');
    process.kill('SIGTERM');
    expect(await endOf(process)).toBe('SIGTERM');
  });
});
