import type { EventBatch } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { CutRows } from './cut-rows';

/** When what was gathered becomes a cut, whichever comes first. */
export interface CutLimits {
  rows: number;
  /** about, in memory */
  bytes: number;
  /** milliseconds after its first event was read */
  ageMs: number;
}

/**
 * 24 MB are some 30,000 events. One cut is gathered while the one before is written, each held in up to twice its bytes; with what Node
 * and DuckDB take, the process stays at about half a gigabyte whatever the log's length. Ten seconds keep the tail of a quiet shop timely.
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
 * Gathers batches of the log until they are worth a cut. One batch is read ahead, so that reading goes on while the caller works.
 * Where the batches end, what is left over is given out, unless `signal` was aborted: that is then left for the next time.
 * @param open the batches; they end without an error when the signal aborts, as those of an event store do
 */
export async function* gather(
  open: (signal: AbortSignal) => AsyncIterable<EventBatch>,
  newRows: () => CutRows,
  limits: CutLimits,
  signal: AbortSignal,
): AsyncGenerator<Gathered> {
  // A subscription may wait for ever: whoever stops listening must be able to end it.
  const left = new AbortController();
  const iterator = open(AbortSignal.any([signal, left.signal]))[Symbol.asyncIterator]();
  let next = readAhead(iterator);
  try {
    for (;;) {
      const gathered: Gathered = { rows: newRows(), events: 0, through: '', throughRecordedAt: 0 };
      let deadline: number | undefined;
      let ended = false;
      while (!isFull(gathered, limits)) {
        const read = await within(next, deadline);
        if (read === 'late') break;
        if (read.done) {
          ended = true;
          break;
        }
        next = readAhead(iterator);
        addTo(gathered, read.value);
        if (gathered.events > 0) deadline ??= performance.now() + limits.ageMs;
      }
      if (signal.aborted) return;
      if (gathered.events > 0) yield gathered;
      if (ended) return;
    }
  } finally {
    left.abort();
    await iterator.return?.();
  }
}

const isFull = ({ rows }: Gathered, limits: CutLimits): boolean =>
  rows.rows >= limits.rows || rows.bytes >= limits.bytes;

function addTo(gathered: Gathered, { events, through, throughRecordedAt }: EventBatch): void {
  gathered.rows.add(events);
  gathered.events += events.length;
  gathered.through = through;
  gathered.throughRecordedAt = throughRecordedAt;
}

function readAhead(iterator: AsyncIterator<EventBatch>): Promise<IteratorResult<EventBatch>> {
  const next = iterator.next();
  // Whoever awaits it gets the error; until then it must not count as unhandled.
  next.catch(() => {});
  return next;
}

/** @param deadline of performance.now(); undefined: none */
async function within<T>(promise: Promise<T>, deadline: number | undefined): Promise<T | 'late'> {
  if (deadline === undefined) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
