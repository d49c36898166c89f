import type { Pool } from 'pg';
import { textArray } from '../../postgres/columns';
import { ForeignPositionError } from '../errors';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import type { UpcasterRegistry } from '../upcasters';
import { decodeEvents, type EventColumns } from './event-columns';
import { fromPosition, toPosition } from './position';
import { toStoreError } from './store-failure';

const DEFAULT_BATCH_EVENTS = 1_000;
/** A batch with this many characters of data and metadata takes no further run. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Most events of one statement: a longer run does not fit into the caches of the server's processor. */
const RUN_EVENTS = 4_000;
/** most bytes of a run, its first event not counted */
const RUN_BYTES = 4 * 1024 * 1024;

const LAST_POSITION = '9223372036854775807';

interface RunRow extends Omit<EventColumns, 'streams'> {
  /** null: no event of the run passed the filter */
  streams: string | null;
  identity: string;
  head: string;
  /** null: the log has no event after the position yet */
  through: string | null;
  through_recorded_ms: number;
}

interface Run extends EventBatch {
  /** about how many came over the wire */
  bytes: number;
}

const SQL =
  'SELECT * FROM tidemark.read_log($1::int8, $2::int8, $3::int4, $4::int8, $5::text[], $6::bool, $7::bool)';

/** Reads the log in runs of positions: one statement, one snapshot, one row a run; some runs make a batch. */
export class LogReader {
  constructor(
    private readonly pool: Pool,
    private readonly upcasters: UpcasterRegistry,
    /** of the log that was opened */
    private readonly identity: string,
  ) {}

  /**
   * Reads batches from a position to the end of the log or to `until`. While the consumer works on one batch,
   * the next one is read. Ends when `signal` aborts.
   * @throws ForeignPositionError, StoreUnavailableError
   */
  async *read(after: Position | null, options: ReadAllOptions): AsyncGenerator<EventBatch> {
    const { signal, until } = options;
    if (signal?.aborted) return;
    let next = this.readBatch(after, options);
    for (;;) {
      const batch = await next;
      if (batch === null || signal?.aborted) return;
      const isLast = batch.caughtUp || (until !== undefined && batch.through >= until);
      if (!isLast) {
        next = this.readBatch(batch.through, options);
        // An error of the next batch is thrown when the consumer asks for that batch.
        next.catch(() => {});
      }
      yield batch;
      if (isLast || signal?.aborted) return;
    }
  }

  /**
   * Reads the batch after a position, up to `until` at most.
   * @returns null when the log has nothing after the position yet
   * @throws ForeignPositionError when the log ends before `after` or was replaced by another;
   *   StoreUnavailableError
   */
  private async readBatch(after: Position | null, options: ReadAllOptions): Promise<EventBatch | null> {
    const { batchSize = DEFAULT_BATCH_EVENTS, until } = options;
    const first = await this.readRun(after, Math.min(batchSize, RUN_EVENTS), options);
    if (first === null) return null;
    const runs = [first];
    let { bytes, through, caughtUp } = first;
    // With a filter a batch of few events may cover many positions, so positions are bounded, not events.
    let positions = passed(after, through);
    while (!caughtUp && positions < batchSize && bytes < BATCH_BYTES && through !== until) {
      const run = await this.readRun(through, Math.min(batchSize - positions, RUN_EVENTS), options);
      if (run === null) break;
      runs.push(run);
      bytes += run.bytes;
      positions += passed(through, run.through);
      ({ through, caughtUp } = run);
    }
    const last = runs.at(-1) ?? first;
    const events = runs.length === 1 ? first.events : runs.flatMap((run) => run.events);
    return { events, through, throughRecordedAt: last.throughRecordedAt, caughtUp };
  }

  private async readRun(after: Position | null, most: number, options: ReadAllOptions): Promise<Run | null> {
    const row = await this.query(fromPosition(after), most, options);
    if (row.identity !== this.identity)
      throw new ForeignPositionError(`Event store ${this.identity} was replaced by ${row.identity}`);
    const head = toPosition(row.head);
    if (after !== null && head < after)
      throw new ForeignPositionError(`Position ${after} is not of this log, which ends at ${head}`);
    if (row.through === null) return null;
    const through = toPosition(row.through);
    return {
      events: hasEvents(row)
        ? decodeEvents({ ...row, data: `[${row.data}]` }, this.upcasters, Number(row.through))
        : [],
      through,
      throughRecordedAt: Math.round(row.through_recorded_ms),
      caughtUp: through === head,
      bytes: (row.data?.length ?? 0) + (row.metadata?.length ?? 0),
    };
  }

  private async query(after: string, most: number, options: ReadAllOptions): Promise<RunRow> {
    const { filter, until, metadata = true } = options;
    const last = until === undefined ? LAST_POSITION : fromPosition(until);
    const prefixes = filter === undefined ? null : textArray(filter.streamPrefixes);
    try {
      const { rows } = await this.pool.query<RunRow>({
        name: 'tidemark.read_log',
        text: SQL,
        values: [after, last, most, RUN_BYTES, prefixes, metadata, !this.upcasters.isEmpty],
      });
      return rows[0] as RunRow;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

const hasEvents = (row: RunRow): row is RunRow & EventColumns => row.streams !== null;

/** How many positions lie after one and up to another. */
function passed(after: Position | null, through: Position): number {
  return Number(BigInt(fromPosition(through)) - BigInt(fromPosition(after)));
}
