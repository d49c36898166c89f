import type { Logger } from 'pino';
import { Backoff } from '../../concurrency/backoff';
import { pause } from '../../concurrency/pause';
import { StoreUnavailableError } from '../errors';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import { ClientStream } from './client-stream';
import type { LogReader } from './log-reader';
import { LogRun } from './log-run';
import { passes } from './stream-names';

/** How long a batch that is not full waits for more events. */
const LINGER_MS = 2;
/** After this time without an event the log is read to its end. */
const QUIET_MS = 1_000;
const RETRY_PAUSES = { firstMs: 50, longestMs: 2_000 };

type SubscribeOptions = ReadAllOptions & { signal: AbortSignal };

/**
 * Reads the log after a position, then new events as they come, until `signal` aborts or `until` is reached.
 * After a lost connection it continues behind the last batch that the consumer took.
 * @throws ForeignPositionError when the log was replaced by another meanwhile
 */
export async function* subscribe(
  log: LogReader,
  after: Position | null,
  options: SubscribeOptions,
  logger?: Logger,
): AsyncGenerator<EventBatch> {
  const { signal } = options;
  let position = after;
  const backoff = new Backoff(RETRY_PAUSES);
  while (!signal.aborted) {
    try {
      for await (const batch of follow(log, position, options)) {
        position = batch.through;
        backoff.reset();
        yield batch;
      }
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const retryInMs = backoff.next();
      logger?.warn({ err: error, position, retryInMs }, 'event store subscription lost');
      await pause(retryInMs, signal);
    }
  }
}

/**
 * Reads the log to its end, then follows a subscription. Only events count as progress. The server also says
 * that it has caught up, and how far its filter has looked, but such a message can arrive before the events
 * that it covers, and several versions had it wrong. Instead, whenever no event has come for a while, the log
 * is read to its end, which also covers what the server's filter leaves out.
 * @throws ForeignPositionError, StoreUnavailableError
 */
async function* follow(
  log: LogReader,
  after: Position | null,
  options: SubscribeOptions,
): AsyncGenerator<EventBatch> {
  const { signal, until, filter } = options;
  let position = after;
  const isDone = () => signal.aborted || (until !== undefined && (position ?? '') >= until);

  async function* history() {
    for await (const batch of log.read(position, options)) {
      position = batch.through;
      yield batch;
    }
  }

  yield* history();
  if (isDone()) return;
  const { client } = log.connection;
  const stream = new ClientStream(
    client.subscribeToAll({ fromPosition: log.startAfter(position), filter: log.names.serverFilter(filter) }),
  );
  const run = new LogRun(options);
  try {
    for (;;) {
      const resolved = stream.take();
      if (resolved !== null) {
        const event = resolved.event ? log.decode(resolved.event, options) : null;
        // A read of the log may have had it already.
        if (event === null || event.position <= (position ?? '')) continue;
        const isBeyond = until !== undefined && event.position > until;
        if (!isBeyond) run.add(event, passes(filter, event.stream));
        if (!isBeyond && !run.isFull && event.position !== until) continue;
        if (!run.isEmpty) {
          const batch = run.take(false);
          position = batch.through;
          yield batch;
        }
        if (isBeyond || isDone()) return;
      } else if (stream.ended) {
        throw new StoreUnavailableError('The event store ended the subscription');
      } else if (!run.isEmpty) {
        if (await stream.wait(LINGER_MS, signal)) {
          if (signal.aborted) return;
          continue;
        }
        const batch = run.take(true);
        position = batch.through;
        yield batch;
        if (isDone()) return;
      } else if (!(await stream.wait(QUIET_MS, signal))) {
        yield* history();
        if (isDone()) return;
      } else if (signal.aborted) {
        return;
      }
    }
  } finally {
    stream.stop();
  }
}
