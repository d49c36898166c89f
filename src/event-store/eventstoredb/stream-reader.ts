import { BACKWARDS, END, FORWARDS } from '@eventstore/db-client';
import type { RecordedEvent } from '../event';
import type { ReadStreamOptions } from '../event-store';
import { ClientStream } from './client-stream';
import { isMissing } from './identity';
import type { LogReader } from './log-reader';

/** Most events of one chunk of a stream, and most characters of data before its last event. */
const CHUNK_EVENTS = 500;
const CHUNK_CHARACTERS = 1024 * 1024;

interface Chunk {
  events: RecordedEvent[];
  /** revision of the last event that was read, ours or not */
  last: number | undefined;
  /** true: the stream had no further events when this was read */
  isLast: boolean;
}

/**
 * Reads the events of one stream in batches. Repeats the read of a batch while the server is unavailable.
 * @throws StoreUnavailableError
 */
export async function* readStream(
  log: LogReader,
  stream: string,
  options: ReadStreamOptions = {},
): AsyncGenerator<RecordedEvent[]> {
  const { direction = FORWARDS, limit = Number.POSITIVE_INFINITY } = options;
  const step = direction === FORWARDS ? 1 : -1;
  let from = options.from ?? (direction === FORWARDS ? 0 : undefined);
  for (let left = limit; left > 0 && (from === undefined || from >= 0); ) {
    const wanted = Math.min(left, CHUNK_EVENTS);
    const chunk = await log.connection.retrying(() =>
      readChunk(log, stream, { direction, from, limit: wanted }),
    );
    if (chunk.events.length > 0) yield chunk.events;
    if (chunk.isLast || chunk.last === undefined) return;
    left -= chunk.events.length;
    from = chunk.last + step;
  }
}

async function readChunk(
  log: LogReader,
  stream: string,
  {
    direction,
    from,
    limit,
  }: Required<Pick<ReadStreamOptions, 'direction' | 'limit'>> & { from: number | undefined },
): Promise<Chunk> {
  const { client, callTimeoutMs } = log.connection;
  const read = new ClientStream(
    client.readStream(log.names.onServer(stream), {
      direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
      fromRevision: from === undefined ? END : BigInt(from),
      maxCount: limit,
    }),
  );
  const events: RecordedEvent[] = [];
  let count = 0;
  let characters = 0;
  let last: number | undefined;
  try {
    while (characters < CHUNK_CHARACTERS) {
      const resolved = await read.next(callTimeoutMs);
      if (resolved === null) return { events, last, isLast: count < limit };
      if (resolved.event === undefined) continue;
      count++;
      last = Number(resolved.event.revision);
      const event = log.decode(resolved.event, {});
      if (event === null) continue;
      events.push(event);
      characters += JSON.stringify(event.data).length;
    }
    return { events, last, isLast: false };
  } catch (error) {
    if (isMissing(error)) return { events: [], last: undefined, isLast: true };
    throw error;
  } finally {
    read.stop();
  }
}
