import { Backoff } from '../../concurrency/backoff';
import type { Signal } from '../../concurrency/signal';
import { StoreUnavailableError } from '../errors';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import type { LogReader } from './log-reader';

/** A subscriber at the end of the log looks again after this time: notifications can be lost. */
const POLL_MS = 1_000;
const RETRY_PAUSES = { firstMs: 50, longestMs: 2_000 };

/**
 * Reads the log after a position, then new events as they come, until `signal` aborts or `until` is reached.
 * After a lost connection it continues behind the last batch that the consumer took.
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
    // Taken before reading: an append right after the last read still ends the wait below.
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
