import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Backoff } from '../../concurrency/backoff';
import { pause } from '../../concurrency/pause';
import { type Logger, passOn } from '../logger';
import { BEAT_MS, type Beat, type FromWorker, type ToWorker } from './messages';

/** A worker that is not heard of for so many beats hangs. They are counted, so a machine may sleep. */
const SILENT_BEATS = 20;
/** An orderly end takes a second at most. */
const STOP_WITHIN_MS = 4_000;
const RESTART_PAUSES = { firstMs: 200, longestMs: 30_000 };
/** After so much work an end is no repetition of the one before. */
const WELL_AFTER_MS = 60_000;

export interface WorkerOptions {
  /** names it in logs, and to the module */
  role: string;
  /** module that does the work; absolute path */
  module: string;
  /** what it is told first */
  work: ToWorker;
  logger: Logger;
  /** so many beats may fail to come; default 20 */
  silentBeats?: number;
  /** how long an orderly end may take; milliseconds, default 4,000 */
  stopWithinMs?: number;
  /** before it is started again; default: from 0.2 to 30 seconds */
  restartPauses?: { firstMs: number; longestMs: number };
}

/** How a worker is, as its keeper knows. */
export interface WorkerState {
  role: string;
  /** absent while it is not running */
  pid?: number;
  /** how often it was started again */
  restarts: number;
  /** why it ended last, and when in Unix milliseconds; absent if it never did */
  lastEnd?: { reason: string; at: number };
  /** the last one of this run; absent before the first */
  beat?: Beat;
  /** processor time of the runs before this one; seconds */
  earlierCpuSeconds: number;
}

/**
 * A process beside this one that does part of its work. When it ends, however it does, or is not heard of any
 * more, it is started again: at once, and with growing pauses where that does not help. It ends with this
 * process, however this one goes: it sees that the channel between them is closed.
 */
export class Worker {
  readonly state: WorkerState;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly options: WorkerOptions) {
    this.state = { role: options.role, restarts: 0, earlierCpuSeconds: 0 };
    this.running = this.keep();
  }

  /** Tells it to end, and waits for that. One that does not end in time is killed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async keep(): Promise<void> {
    const { role, logger, restartPauses = RESTART_PAUSES } = this.options;
    const { signal } = this.stopping;
    const backoff = new Backoff(restartPauses);
    while (!signal.aborted) {
      const startedAt = performance.now();
      const reason = await this.run();
      if (signal.aborted) return;
      const { state } = this;
      state.lastEnd = { reason, at: Date.now() };
      state.restarts += 1;
      if (performance.now() - startedAt > WELL_AFTER_MS) backoff.reset();
      const retryInMs = backoff.next();
      const { restarts } = state;
      logger.error({ role, reason, restarts, retryInMs }, 'a worker ended, and is started again');
      await pause(retryInMs, signal);
    }
  }

  /** Runs it once. @returns why it ended */
  private async run(): Promise<string> {
    const { role, module, work, logger } = this.options;
    const run = { reason: undefined as string | undefined, silentBeats: 0 };
    let child: ChildProcess;
    try {
      child = fork(module, [role], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    } catch (error) {
      return (error as Error).message;
    }
    const kill = (reason: string) => {
      run.reason ??= reason;
      child.kill('SIGKILL');
    };
    const ended = new Promise<string>((resolve) => {
      child.on('error', ({ message }) => resolve(message));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    child.on('message', (message: FromWorker) => {
      run.silentBeats = 0;
      if (message.kind === 'failed') run.reason ??= message.reason;
      else this.state.beat = message.beat;
    });
    if (child.stdout) createInterface(child.stdout).on('line', (line) => passOn(logger, role, line));
    const limit = this.options.silentBeats ?? SILENT_BEATS;
    const watching = setInterval(() => {
      run.silentBeats += 1;
      if (run.silentBeats > limit) kill(`it hung: not heard of for ${(limit * BEAT_MS) / 1000} s`);
    }, BEAT_MS);
    const stop = () => this.end(child, ended, kill);
    this.stopping.signal.addEventListener('abort', stop, { once: true });
    tell(child, work);
    this.state.pid = child.pid;
    try {
      const how = await ended;
      return run.reason ?? how;
    } finally {
      clearInterval(watching);
      this.stopping.signal.removeEventListener('abort', stop);
      this.state.earlierCpuSeconds += this.state.beat?.cpuSeconds ?? 0;
      this.state.beat = undefined;
      this.state.pid = undefined;
    }
  }

  private async end(child: ChildProcess, ended: Promise<string>, kill: (reason: string) => void) {
    tell(child, { kind: 'stop' });
    const timeout = new AbortController();
    void ended.then(() => timeout.abort());
    await pause(this.options.stopWithinMs ?? STOP_WITHIN_MS, timeout.signal);
    if (timeout.signal.aborted) return;
    const { role, logger } = this.options;
    logger.warn({ role }, 'a worker did not end in time, and is killed');
    kill('it did not end in time');
  }
}

/** One that cannot be told is ending already. */
function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => {});
}
