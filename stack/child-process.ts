import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ChildOptions {
  env?: NodeJS.ProcessEnv;
  /** the signal that `stop` sends, and that ends the child when this process dies; default SIGTERM */
  signal?: 'SIGTERM' | 'SIGKILL';
  /** the file that its output is appended to; default: the output is on `output` */
  logFile?: string;
}

export interface Child {
  pid: number;
  /** stdout and stderr in one */
  output: Readable;
  /** resolves when the process has ended, for example to `exit code 1` or `signal 9`; never rejects */
  ended: Promise<string>;
  /** Sends the signal, and SIGKILL after `limitMs` (default 20,000). Resolves when the process has ended. */
  stop(limitMs?: number): Promise<void>;
}

const STOP_LIMIT_MS = 20_000;
/** A shell reports a process that was ended by a signal as exit code 128 plus the signal's number. */
const SIGNAL_BASE = 128;

/**
 * Starts the command, writes its process id to descriptor 3, and sends the signal when its own input ends.
 * That happens when this process closes the input, and also when this process dies, even by SIGKILL.
 */
const SCRIPT = `
signal=$1 log=$2; shift 2
exec 4<&0 2>&1
if [ -n "$log" ]; then exec >> "$log" 2>&1; fi
"$@" 3>&- 4<&- < /dev/null &
child=$!
echo $child >&3
exec 3>&-
{ cat <&4; kill -s $signal $child; } > /dev/null 2>&1 &
watcher=$!
wait $child
status=$?
kill $watcher 2> /dev/null
exit $status`;

/**
 * Starts a process that does not outlive this one. It gets its own session, so that Ctrl-C in the terminal
 * does not reach it: this process decides in which order the others end.
 */
export async function startChild(command: readonly string[], options: ChildOptions = {}): Promise<Child> {
  const { env = process.env, signal = 'SIGTERM', logFile = '' } = options;
  const shell = spawn('sh', ['-c', SCRIPT, 'sh', signal.slice('SIG'.length), logFile, ...command], {
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  const stdin = shell.stdin!;
  // The shell may end before its input is closed.
  stdin.on('error', () => {});
  const ended = once(shell, 'exit').then(([code, by]: (number | string | null)[]) => {
    stdin.destroy();
    if (typeof code !== 'number') return `signal ${by}`;
    return code > SIGNAL_BASE ? `signal ${code - SIGNAL_BASE}` : `exit code ${code}`;
  });
  const [pid] = (await once(createInterface(shell.stdio[3] as Readable), 'line')) as [string];
  return {
    pid: Number(pid),
    output: shell.stdout!,
    ended,
    async stop(limitMs = STOP_LIMIT_MS) {
      stdin.end();
      const limit = setTimeout(() => kill9(Number(pid)), limitMs);
      await ended;
      clearTimeout(limit);
    },
  };
}

function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
