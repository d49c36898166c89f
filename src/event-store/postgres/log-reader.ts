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
/** Bytes of data and metadata of one batch, at most, beside its first event. */
const BATCH_BYTES = 16 * 1024 * 1024;

const LAST_POSITION = '9223372036854775807';

interface BatchRow extends Omit<EventColumns, 'positions'> {
  /** null when no event of the run passed the filter */
  positions: string | null;
  identity: string;
  head: string;
  through: string | null;
  through_recorded_ms: number;
}

const SQL =
  'SELECT * FROM tidemark.read_log($1::int8, $2::int8, $3::int4, $4::int8, $5::text[], $6::bool, $7::bool)';

/** Reads the log in runs of positions: one statement, one snapshot, one row a batch. */
export class LogReader {
  constructor(
    private readonly pool: Pool,
    private readonly upcasters: UpcasterRegistry,
    /** of the log that is to be read */
    private readonly identity: string,
  ) {}

  /**
   * Batch after batch from a position to the end of the log or to `until`. While the consumer works on one, the next is read.
   * Ends where `signal` aborts.
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
        // Its error is thrown when it is its turn, or never, if the consumer stops before.
        next.catch(() => {});
      }
      yield batch;
      if (isLast || signal?.aborted) return;
    }
  }

  /**
   * The run after a position, at most up to `until`; null when there is none yet.
   * @throws ForeignPositionError when the log ends before `after` or is another one by now; StoreUnavailableError
   */
  private async readBatch(after: Position | null, options: ReadAllOptions): Promise<EventBatch | null> {
    const row = await this.query(fromPosition(after), options);
    if (row.identity !== this.identity)
      throw new ForeignPositionError(`Event store ${this.identity} was replaced by ${row.identity}`);
    const head = toPosition(row.head);
    if (after !== null && head < after)
      throw new ForeignPositionError(`Position ${after} is not of this log, which ends at ${head}`);
    if (row.through === null) return null;
    const through = toPosition(row.through);
    return {
      events: hasEvents(row) ? decodeEvents(row, this.upcasters) : [],
      through,
      throughRecordedAt: Math.round(row.through_recorded_ms),
      caughtUp: through === head,
    };
  }

  private async query(after: string, options: ReadAllOptions): Promise<BatchRow> {
    const { batchSize = DEFAULT_BATCH_EVENTS, filter, until, metadata = true } = options;
    const last = until === undefined ? LAST_POSITION : fromPosition(until);
    const prefixes = filter === undefined ? null : textArray(filter.streamPrefixes);
    try {
      const { rows } = await this.pool.query<BatchRow>({
        name: 'tidemark.read_log',
        text: SQL,
        values: [after, last, batchSize, BATCH_BYTES, prefixes, metadata, !this.upcasters.isEmpty],
      });
      return rows[0] as BatchRow;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

const hasEvents = (row: BatchRow): row is BatchRow & EventColumns => row.positions !== null;
