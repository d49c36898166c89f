import type { EventBatch } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { CutRows } from './cut-rows';

/** The size at which gathered rows become a cut: whichever limit is reached first. */
export interface CutLimits {
  rows: number;
  /** approximate size in memory */
  bytes: number;
  /** pause at the end of the log, milliseconds: no event waits longer for its cut */
  ageMs: number;
}

/**
 * 24 MB are some 30,000 events. One cut is gathered while the one before is written, and each takes up to
 * twice its bytes. With Node and DuckDB the process takes about half a gigabyte, however long the log is. Ten
 * seconds keep the lake of a quiet shop up to date.
 */
export const DEFAULT_LIMITS: CutLimits = { rows: 500_000, bytes: 24 * 1024 * 1024, ageMs: 10_000 };

/** The rows of a cut that is not decided yet. */
export interface Gathered {
  rows: CutRows;
  events: number;
  through: Position;
  /** Unix milliseconds */
  throughRecordedAt: number;
}

/**
 * Gathers batches of the log until their rows reach a limit. The last cut has what is left over. After an
 * abort of `signal` the rest is dropped: the next export gathers it again.
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

/** Tells whether rows have reached a limit. */
export const isFull = (rows: CutRows, limits: CutLimits): boolean =>
  rows.rows >= limits.rows || rows.bytes >= limits.bytes;

function addTo(gathered: Gathered, { events, through, throughRecordedAt }: EventBatch): void {
  gathered.rows.add(events);
  gathered.events += events.length;
  gathered.through = through;
  gathered.throughRecordedAt = throughRecordedAt;
}
