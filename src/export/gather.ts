import type { EventBatch } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { CutRows } from './cut-rows';

/** When what was gathered becomes a cut, whichever comes first. */
export interface CutLimits {
  rows: number;
  /** about, in memory */
  bytes: number;
  /**
   * at the end of the log, so many milliseconds pass before it is looked at again: no event waits longer for
   * its cut
   */
  ageMs: number;
}

/**
 * 24 MB are some 30,000 events. One cut is gathered while the one before is written, each held in up to twice
 * its bytes; with what Node and DuckDB take, the process stays at about half a gigabyte whatever the log's
 * length. Ten seconds keep the tail of a quiet shop timely.
 */
export const DEFAULT_LIMITS: CutLimits = { rows: 500_000, bytes: 24 * 1024 * 1024, ageMs: 10_000 };

/** The rows of the next cut, if it is decided as it was gathered. */
export interface Gathered {
  rows: CutRows;
  events: number;
  through: Position;
  /** Unix milliseconds */
  throughRecordedAt: number;
}

/**
 * Gathers batches of the log until they are worth a cut. Where the batches end, what is left over is given
 * out, unless `signal` was aborted: that is then left for the next time.
 */
export async function* gather(
  batches: AsyncIterable<EventBatch>,
  newRows: () => CutRows,
  limits: CutLimits,
  signal: AbortSignal,
): AsyncGenerator<Gathered> {
  let gathered = nothing(newRows());
  for await (const batch of batches) {
    addTo(gathered, batch);
    if (!isFull(gathered.rows, limits)) continue;
    yield gathered;
    gathered = nothing(newRows());
  }
  if (gathered.events > 0 && !signal.aborted) yield gathered;
}

const nothing = (rows: CutRows): Gathered => ({ rows, events: 0, through: '', throughRecordedAt: 0 });

/** Are these rows worth a cut? */
export const isFull = (rows: CutRows, limits: CutLimits): boolean =>
  rows.rows >= limits.rows || rows.bytes >= limits.bytes;

function addTo(gathered: Gathered, { events, through, throughRecordedAt }: EventBatch): void {
  gathered.rows.add(events);
  gathered.events += events.length;
  gathered.through = through;
  gathered.throughRecordedAt = throughRecordedAt;
}
