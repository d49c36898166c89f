import { Backoff } from '../../concurrency/backoff';
import type { Signal } from '../../concurrency/signal';
import { StoreUnavailableError } from '../errors';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import type { LogReader } from './log-reader';

/** A reader at the end of the log looks again after this long without a signal. */
const POLL_MS = 1_000;
const RETRY_PAUSES = { firstMs: 50, longestMs: 2_000 };

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
  const backoff = new Backoff(RETRY_PAUSES);
  while (!signal.aborted) {
    // Taken before reading, so that what is appended after the last look still wakes us.
    const { version } = grown;
    try {
      for await (const batch of log.read(position, options)) {
        position = batch.through;
        backoff.reset();
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await grown.after(grown.version, signal, backoff.next());
      continue;
    }
    if (until !== undefined && position !== null && position >= until) return;
    await grown.after(version, signal, POLL_MS);
  }
}
