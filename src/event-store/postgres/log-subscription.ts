import type { Signal } from '../../concurrency/signal';
import { StoreUnavailableError } from '../errors';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import type { LogReader } from './log-reader';

/** A reader at the end of the log looks again after this long without a signal. */
const POLL_MS = 1_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/**
 * The log after a position and then as it grows, until `signal` aborts or `until` is reached. A lost
 * connection delays it: it goes on from the last batch that was taken.
 * @throws ForeignPositionError
 */
export async function* subscribe(
  log: LogReader,
  grown: Signal,
  after: Position | null,
  options: ReadAllOptions & { signal: AbortSignal },
): AsyncGenerator<EventBatch> {
  const { signal, until } = options;
  let position = after;
  let pause = FIRST_RETRY_MS;
  while (!signal.aborted) {
    // Taken before reading, so that what is appended after the last look still wakes us.
    const { version } = grown;
    try {
      for await (const batch of log.read(position, options)) {
        position = batch.through;
        pause = FIRST_RETRY_MS;
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await grown.after(grown.version, signal, pause);
      pause = Math.min(pause * 2, LAST_RETRY_MS);
      continue;
    }
    if (until !== undefined && position !== null && position >= until) return;
    await grown.after(version, signal, POLL_MS);
  }
}
