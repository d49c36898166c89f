import type { Position } from '../../event-store/position';
import type { ProjectionProgress } from '../../projections/progress';
import { Changes } from './changes';
import { pause } from './pull-stream';

const PAGE_SIZE = 100;
/** A reader at the end looks again at most this often, so that many of them do not read at every single advance. */
const SHORTEST_PAUSE_MS = 25;

export interface Followed<T> {
  items: T[];
  /** there are no others up to here */
  through: Position;
}

/**
 * The rows of a read model that only grows, in the order of the log, from a position on and for ever. A read model publishes
 * its rows in that order, so going on behind the last position neither loses nor repeats one.
 */
export async function* follow<T>(
  progress: ProjectionProgress,
  projection: string,
  after: Position,
  readAfter: (position: Position, limit: number) => Promise<Followed<T>>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const advances = new Changes();
  const stopListening = progress.onAdvance(projection, () => advances.announce());
  try {
    let position = after;
    while (!signal.aborted) {
      const seen = advances.version;
      const { items, through } = await readAfter(position, PAGE_SIZE);
      yield* items;
      // A rollback publishes an older state: what was sent stays sent.
      if (through > position) position = through;
      if (items.length === PAGE_SIZE) continue;
      await pause(SHORTEST_PAUSE_MS, signal);
      await advances.after(seen, signal);
    }
  } finally {
    stopListening();
  }
}
