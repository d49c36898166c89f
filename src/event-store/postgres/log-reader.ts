import type { Pool } from 'pg';
import { textArray } from '../../postgres/columns';
import { ForeignPositionError } from '../errors';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import type { UpcasterRegistry } from '../upcasters';
import { decodeEvents, type EventColumns, eventColumns } from './event-columns';
import { fromPosition, toPosition } from './position';
import { toStoreError } from './store-failure';

const DEFAULT_BATCH_EVENTS = 1_000;
/** Bytes of data and metadata of one batch, at most, beside its first event. */
const BATCH_BYTES = 4 * 1024 * 1024;

const LAST_POSITION = '9223372036854775807';

interface BatchRow extends EventColumns {
  identity: string;
  head: string;
  through: string | null;
  through_recorded_ms: number;
}

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
      // A run without one event that passes the filter has no columns.
      events: row.positions === null ? [] : decodeEvents(row, this.upcasters),
      through,
      throughRecordedAt: Math.round(row.through_recorded_ms),
      caughtUp: through === head,
    };
  }

  private async query(after: string, options: ReadAllOptions): Promise<BatchRow> {
    const { batchSize = DEFAULT_BATCH_EVENTS, filter, until, metadata = true } = options;
    const last = until === undefined ? LAST_POSITION : fromPosition(until);
    const choice = { metadata, schemaVersions: !this.upcasters.isEmpty };
    try {
      const { rows } = await this.pool.query<BatchRow>({
        name: `tidemark.log.${choice.metadata}.${choice.schemaVersions}.${filter !== undefined}`,
        text: sql(eventColumns(choice), filter !== undefined),
        values: [after, batchSize, last, ...(filter ? [textArray(filter.streamPrefixes)] : [])],
      });
      return rows[0] as BatchRow;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

/**
 * `cut` is where the batch ends: so many positions on, or as many bytes, whatever comes first. Because log_bytes counts up
 * along the log, a look at single rows finds it. Its bounds are subqueries, not joins: only so do they bound the index scan.
 */
function sql(columns: string, filtered: boolean): string {
  return `
    WITH first AS MATERIALIZED (
      SELECT position, log_bytes FROM tidemark.events WHERE position > $1::int8 ORDER BY position LIMIT 1
    ), cut AS MATERIALIZED (
      SELECT e.position, e.recorded_at
        FROM tidemark.events e
       WHERE e.position > $1::int8
         AND e.position < (SELECT position FROM first) + $2::int4
         AND e.position <= $3::int8
         AND e.log_bytes <= (SELECT log_bytes FROM first) + ${BATCH_BYTES}
       ORDER BY e.position DESC
       LIMIT 1
    )
    SELECT (SELECT identity FROM tidemark.event_log) AS identity,
           coalesce((SELECT max(position) FROM tidemark.events), 0) AS head,
           cut.position AS through, date_part('epoch', cut.recorded_at) * 1000 AS through_recorded_ms, run.*
      FROM (SELECT ${columns}
              FROM (SELECT * FROM tidemark.events e
                     WHERE e.position > $1::int8 AND e.position <= (SELECT position FROM cut)
                       ${filtered ? 'AND e.stream ^@ ANY ($4::text[])' : ''}
                     ORDER BY e.position) e) run
      LEFT JOIN cut ON true`;
}
