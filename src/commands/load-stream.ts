import type { Evolve } from '../domain/decider';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { whileUnavailable } from './retry';
import { UnchangedCount } from './unchanged-limit';

/** A stream as it stood when it was read. */
export interface LoadedStream<S> {
  /** undefined: there is none yet */
  state: S | undefined;
  /** of the last event, null without one */
  revision: number | null;
  position: Position | null;
  /**
   * What the request with this idempotency key led to, as of its last event; undefined when there is none.
   */
  original:
    | { state: S | undefined; revision: number; position: Position; digest: string | undefined }
    | undefined;
  unchanged: UnchangedCount;
}

/** A stream that does not exist. */
export const noStream: LoadedStream<never> = {
  state: undefined,
  revision: null,
  position: null,
  original: undefined,
  unchanged: new UnchangedCount(),
};

/** Reads and folds a stream, and finds in it the events that an idempotency key stands on. */
export function loadStream<S>(
  store: EventStore,
  stream: string,
  evolve: Evolve<S>,
  idempotencyKey: string,
): Promise<LoadedStream<S>> {
  return whileUnavailable(async () => {
    const loaded: LoadedStream<S> = { ...noStream, unchanged: new UnchangedCount() };
    for await (const events of store.readStream(stream)) {
      for (const event of events) {
        const { revision, position, metadata } = event;
        loaded.state = evolve(loaded.state, event);
        loaded.revision = revision;
        loaded.position = position;
        loaded.unchanged.note(event);
        if (metadata.idempotencyKey === idempotencyKey) {
          loaded.original = { state: loaded.state, revision, position, digest: metadata.inputDigest };
        }
      }
    }
    return loaded;
  });
}
