import { setTimeout as delay } from 'node:timers/promises';

/** How long an orderly end may take before the process ends without it. */
const LIMIT_MS = 10_000;

/** Ctrl-C under `npm start` comes twice: from the terminal, and passed on by npm. */
const SAME_SIGNAL_WITHIN_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Somebody asked the process to end; the message is the signal's name. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
}

export interface Shutdown {
  /** Rejects with StopRequested at the first signal, or with the error given to `fail`. Never resolves. */
  readonly requested: Promise<never>;
  fail(error: Error): void;
}

/** From now on the first signal asks for an orderly end, and the second one ends the process at once. */
export function listenForShutdown(): Shutdown {
  let reject: (error: Error) => void = () => {};
  const requested = new Promise<never>((_, r) => {
    reject = r;
  });
  // Whoever waits for it sees it; before that it must not end the process as unhandled.
  requested.catch(() => {});
  let firstAt: number | undefined;
  for (const name of SIGNALS) {
    process.on(name, () => {
      firstAt ??= Date.now();
      if (Date.now() - firstAt > SAME_SIGNAL_WITHIN_MS) endBy(name);
      reject(new StopRequested(name));
    });
  }
  return { requested, fail: (error) => reject(error) };
}

/** As if nobody listened: `process.exit` would wait for threads of DuckDB, at times for ever. A shell sees 130 for Ctrl-C. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Runs the steps one after the other, whether or not one fails. Resolves to false when that took too long. */
export async function stopInOrder(
  steps: readonly (() => Promise<unknown>)[],
  onError: (error: unknown) => void,
  limitMs = LIMIT_MS,
): Promise<boolean> {
  const work = async () => {
    for (const step of steps) await step().catch(onError);
    return true;
  };
  const timeout = new AbortController();
  try {
    return await Promise.race([work(), delay(limitMs, false, { signal: timeout.signal })]);
  } finally {
    timeout.abort();
  }
}
