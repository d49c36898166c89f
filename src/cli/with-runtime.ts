import { setTimeout as delay } from 'node:timers/promises';
import { interruptQueries } from '../duckdb/open-connections';
import type { Runtime } from '../runtime/runtime';
import { listenForShutdown, type Step, StopRequested, stopInOrder } from '../runtime/shutdown';
import { Interrupted } from './errors';

/** How long work may take to end by itself after Ctrl-C. */
const GIVE_UP_AFTER_MS = 700;
const INTERRUPT_EVERY_MS = 50;

/**
 * Runs a command against the configured databases, `interruptible` by Ctrl-C. Attaches to those that a
 * `tidemark start` runs, or starts them for its own duration. Makes a database only where `creates` is true.
 */
export async function withRuntime<T>(
  applicationName: string,
  work: (runtime: Runtime, signal: AbortSignal) => Promise<T>,
  { creates = false } = {},
): Promise<T> {
  const [{ readConfig }, { openRuntime }, { mustNotMissServer }] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/runtime.js'),
    import('../runtime/nothing-here.js'),
  ]);
  return interruptible(async (signal, undo) => {
    const config = readConfig();
    const isNamed = Boolean(process.env.TIDEMARK_DATA_DIR?.trim());
    if (creates) await mustNotMissServer(config, isNamed);
    const opening = openRuntime(config, { applicationName: `tidemark ${applicationName}`, creates, signal });
    undo.push(() => opening.then((runtime) => runtime.close()));
    return work(await opening, signal);
  });
}

/**
 * Runs a command's work. The first Ctrl-C aborts `signal`, so that the work can stop cleanly, and interrupts
 * queries of DuckDB. Work that still goes on is given up after a moment. The second Ctrl-C ends the process
 * at once.
 * @param work pushes onto `undo` the steps that close what it has opened; the last step runs first. They run
 *   in any case, also when the work succeeds
 * @throws Interrupted
 */
export async function interruptible<T>(work: (signal: AbortSignal, undo: Step[]) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const settled = new AbortController();
  const undo: Step[] = [];
  const givenUp = listenForShutdown().requested.catch(async (reason) => {
    interrupted.abort(interruption(reason));
    // Repeated, because an interrupt between two statements is lost.
    for (const giveUpAt = Date.now() + GIVE_UP_AFTER_MS; Date.now() < giveUpAt; ) {
      interruptQueries();
      await delay(INTERRUPT_EVERY_MS, undefined, { signal: settled.signal });
    }
    throw interrupted.signal.reason;
  });
  givenUp.catch(() => {});
  const working = Promise.race([work(interrupted.signal, undo), givenUp]).catch((error: unknown) => {
    // Interrupted work fails with the error of the library that noticed. The person gets one message instead.
    interrupted.signal.throwIfAborted();
    throw error;
  });
  await working.catch(() => {});
  settled.abort();
  const errors: unknown[] = [];
  await stopInOrder(undo.reverse(), (error) => errors.push(error));
  const result = await working;
  if (errors.length > 0) throw errors[0];
  return result;
}

/** Says nothing after EPIPE, as in `tidemark ... | head`: nobody would read it. */
const interruption = (reason: unknown): Interrupted =>
  new Interrupted(reason instanceof StopRequested && reason.reason === 'EPIPE' ? '' : 'Interrupted.');
