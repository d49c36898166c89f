import { setTimeout as delay } from 'node:timers/promises';
import { interruptQueries } from '../duckdb/open-connections';

/** How long an orderly end may take before the process ends without it. */
const LIMIT_MS = 10_000;

/** Under `npm start` Ctrl-C comes twice: from the terminal, and from npm, which passes it on. */
const SAME_SIGNAL_WITHIN_MS = 500;

/** How long interrupted queries may take to notice. */
const INTERRUPT_WITHIN_MS = 500;
const CLEAR_AWAY_WITHIN_MS = 200;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal or the parent asked the process to end, or the reader of its output is gone (EPIPE). */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
  constructor(readonly reason: (typeof SIGNALS)[number] | 'EPIPE' | 'parent') {
    super(reason);
  }
}

export interface Shutdown {
  /** Rejects with StopRequested at the first signal, or with the error given to `fail`. Never resolves. */
  readonly requested: Promise<never>;
  /** Aborts with what `requested` rejects with. */
  readonly signal: AbortSignal;
  fail(error: Error): void;
}

let askedBy: NodeJS.Signals | undefined;
/** Called when the reader of the output is gone. Until `listenForShutdown` there is nothing to close. */
let noReader = (): void => process.exit();

/** Says what to do from now on when the reader of the output is gone. */
export function onNoReader(callback: () => void): void {
  noReader = callback;
}

/** From now on the first signal asks for an orderly end, and the second one ends the process at once. */
export function listenForShutdown(): Shutdown {
  const asked = new AbortController();
  let firstAt: number | undefined;
  for (const name of SIGNALS) {
    process.on(name, () => {
      firstAt ??= Date.now();
      askedBy ??= name;
      if (Date.now() - firstAt > SAME_SIGNAL_WITHIN_MS) endBy(name);
      asked.abort(new StopRequested(name));
    });
  }
  onNoReader(() => asked.abort(new StopRequested('EPIPE')));
  return shutdownBy(asked);
}

/** A shutdown that begins when `asked` aborts. */
export function shutdownBy(asked: AbortController): Shutdown {
  const requested = new Promise<never>((_, reject) => {
    asked.signal.addEventListener('abort', () => reject(asked.signal.reason));
  });
  // Until somebody waits for it, its rejection must not end the process as unhandled.
  requested.catch(() => {});
  return { requested, signal: asked.signal, fail: (error) => asked.abort(error) };
}

/**
 * Ends the process in order when the reader of a stream is gone, as in `tidemark ... | head`. It is no error.
 */
export function endWithItsReader(stream: { on(event: 'error', listener: (error: Error) => void): unknown }) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    noReader();
  });
}

/**
 * Ends the process with its exit code, whatever is still under way. `process.exit` alone waits for queries of
 * DuckDB, at times for ever, so they are interrupted first. Where one cannot be, the process ends by the
 * signal that asked for it.
 */
export async function endProcess(): Promise<void> {
  const giveUpAt = Date.now() + INTERRUPT_WITHIN_MS;
  const wasBusy = interruptQueries() > 0;
  // Repeated, because an interrupt between two statements is lost. In the pauses DuckDB's threads get the
  // rows that they wait for.
  while (interruptQueries() > 0 && Date.now() < giveUpAt) await delay(10);
  if (interruptQueries() > 0) endBy(askedBy ?? 'SIGKILL');
  // Code that waited for an interrupted query has to remove its files.
  if (wasBusy) await delay(CLEAR_AWAY_WITHIN_MS);
  process.exit();
}

/** Ends the process by a signal, at once. A shell then sees 130 for Ctrl-C. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

export type Step = () => Promise<unknown>;

/**
 * Runs the steps one after the other, whether or not one fails. A step that hangs is given up in time for
 * those after it: a fifth of the limit is kept for each of them.
 * @returns false when a step was given up
 */
export async function stopInOrder(
  steps: readonly Step[],
  onError: (error: unknown) => void,
  limitMs = LIMIT_MS,
): Promise<boolean> {
  const endAt = performance.now() + limitMs;
  let inTime = true;
  for (const [index, step] of steps.entries()) {
    const keptForOthers = ((steps.length - index - 1) * limitMs) / 5;
    const mayTake = Math.max(endAt - performance.now() - keptForOthers, limitMs / 10);
    if (!(await endsWithin(mayTake, step().catch(onError)))) inTime = false;
  }
  return inTime;
}

async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timeout = new AbortController();
  try {
    return await Promise.race([work.then(() => true), delay(ms, false, { signal: timeout.signal })]);
  } finally {
    timeout.abort();
  }
}
