import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = join(__dirname, '../../scripts/stack.js');

export interface StackOutcome {
  exitCode: number | null;
  /** stdout and stderr */
  output: string;
}

/** An `npm run stack` that has said where everything is. */
export interface RunningStack {
  process: ChildProcess;
  /** of the API */
  url: string;
  /** host:port of Kafka */
  broker: string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<StackOutcome>;
  /** resolves when it has ended by itself */
  ended: Promise<StackOutcome>;
}

interface Started {
  child: ChildProcess;
  ended: Promise<StackOutcome>;
  onLine(listen: (line: string) => void): void;
}

/** The stack gets nothing of the caller's configuration, nor a .env of its folder. */
function spawnStack(args: readonly string[], env: Record<string, string>): Started {
  const { PATH, HOME, TMPDIR, XDG_CACHE_HOME } = process.env;
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd: __dirname,
    env: { PATH, HOME, TMPDIR, XDG_CACHE_HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const ended = once(child, 'close').then(() => ({ exitCode: child.exitCode, output }));
  const lines = createInterface(child.stdout);
  return { child, ended, onLine: (listen) => lines.on('line', listen) };
}

/** Runs it to its end. */
export function runStack(args: readonly string[], env: Record<string, string> = {}): Promise<StackOutcome> {
  return spawnStack(args, env).ended;
}

/** Starts it on free ports and waits until everything runs. */
export async function startStack(dataDir: string, env: Record<string, string> = {}): Promise<RunningStack> {
  const args = ['--data-dir', dataDir, '--port', '0', '--kafka-port', '0'];
  const { child, ended, onLine } = spawnStack(args, env);
  const found: { url?: string; broker?: string } = {};
  await new Promise<void>((resolve, reject) => {
    onLine((line) => {
      found.url ??= /^ {2}GraphQL and subscriptions: +(\S+)\/graphql/.exec(line)?.[1];
      found.broker ??= /^ {2}Kafka: +(\S+)/.exec(line)?.[1];
      if (/^ {2}Other commands:/.test(line)) resolve();
    });
    void ended.then(({ output }) => reject(new Error(`npm run stack ended early:\n${output}`)));
  });
  return {
    process: child,
    url: found.url ?? '',
    broker: found.broker ?? '',
    ended,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

export interface RunningProcess {
  pid: number;
  command: string;
}

/** Everything that a process has started, and that these have started, as far as it still runs. */
export async function descendantsOf(pid: number): Promise<RunningProcess[]> {
  const all = await processes();
  const found: RunningProcess[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

/** Which of these still run. A process id that another program has by now does not count. */
export async function stillRunning(earlier: readonly RunningProcess[]): Promise<RunningProcess[]> {
  const all = await processes();
  return earlier.filter(({ pid, command }) => all.some((now) => now.pid === pid && now.command === command));
}

async function processes(): Promise<(RunningProcess & { parent: number })[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { maxBuffer: 16 * 1024 ** 2 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
