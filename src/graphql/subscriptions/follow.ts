import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { pause } from '../../concurrency/pause';
import { Signal } from '../../concurrency/signal';
import type { Position } from '../../event-store/position';
import type { ProjectionProgress } from '../../projections/progress/progress';

const PAGE_SIZE = 100;
/** The shortest time between two readings: many followers would else all read at every single advance. */
const SHORTEST_PAUSE_MS = 25;
/** How soon a failed reading is tried again. */
const RETRY_MS = 1_000;

/** What is followed, and from where. */
export interface FollowedList<T> {
  projection: string;
  after: Position;
  readAfter(position: Position, limit: number): Promise<Followed<T>>;
}

export interface Followed<T> {
  items: T[];
  /** the position up to which there are no other items */
  through: Position;
}

/**
 * The rows of a read model that only grows, in the order of the log, from a position on, without end. The
 * read model commits its rows in that order, so reading on after the last position neither loses nor repeats
 * a row. While the database is away, it waits.
 */
export async function* follow<T>(
  { projection, after, readAfter }: FollowedList<T>,
  { progress, logger }: { progress: ProjectionProgress; logger: Logger },
  signal: AbortSignal,
): AsyncGenerator<T> {
  const advances = new Signal();
  const stopListening = progress.onAdvance(projection, () => advances.raise());
  try {
    let position = after;
    while (!signal.aborted) {
      const seen = advances.version;
      const read = await readAfter(position, PAGE_SIZE).catch((error: unknown) => {
        // An error that is meant for the client ends it, such as a read model that was never built.
        if (error instanceof GraphQLError) throw error;
        logger.warn({ err: error, projection }, 'a followed read model could not be read');
      });
      if (!read) {
        await pause(RETRY_MS, signal);
        continue;
      }
      const { items, through } = read;
      yield* items;
      // After a rollback to an older generation, `through` is lower: rows that were sent are not sent again.
      if (through > position) position = through;
      if (items.length === PAGE_SIZE) continue;
      await pause(SHORTEST_PAUSE_MS, signal);
      await advances.after(seen, signal);
    }
  } finally {
    stopListening();
  }
}
