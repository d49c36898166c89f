import type { Pool, PoolClient } from 'pg';
import { EPOCH_2000_MS } from '../../postgres/columns';
import { copyOut } from '../../postgres/copy-out';
import { ForeignPositionError } from '../errors';
import {
  BATCH_BYTES,
  BATCH_EVENTS,
  type ColumnBatch,
  emptyBatch,
  type ReadColumnsOptions,
  TEXT_COLUMNS,
} from '../log-columns';
import type { Position } from '../position';
import type { UpcasterRegistry } from '../upcasters';
import { CopyRows, type Fields } from './copy-rows';
import { liftRows } from './lift-rows';
import { fromPosition, toPosition } from './position';
import { toStoreError } from './store-failure';

const LAST_POSITION = '9223372036854775807';
const EPOCH_2000_MICROSECONDS = BigInt(EPOCH_2000_MS) * 1_000n;

const RUN_END = 'SELECT * FROM tidemark.run_end($1::int8, $2::int8, $3::int8, $4::int8)';

interface RunEnd {
  identity: string;
  head: string;
  /** null: the log has no event after the position */
  through: string | null;
}

const newFields = (): Fields => ({
  starts: new Int32Array(BATCH_EVENTS),
  lengths: new Int32Array(BATCH_EVENTS),
});

/**
 * Reads runs of the log by COPY, as it comes from the server's table: texts stay where they arrived. A run
 * has an end that is known before, so that its COPY and the snapshot of it do not outlive the reading.
 */
export class ColumnReader {
  constructor(
    private readonly pool: Pool,
    private readonly upcasters: UpcasterRegistry,
    /** of the log that was opened */
    private readonly identity: string,
  ) {}

  /** As `EventStore.readColumns`. */
  async *read(after: Position | null, options: ReadColumnsOptions): AsyncGenerator<ColumnBatch> {
    const { signal } = options;
    if (signal?.aborted) return;
    const from = fromPosition(after);
    const through = await this.runEnd(after, options);
    if (through === null || signal?.aborted) return;
    let client: PoolClient | undefined;
    // A COPY that was not read to its end goes on until its connection is gone.
    const release = (broken: boolean) => {
      client?.release(broken);
      client = undefined;
    };
    const breakOff = () => release(true);
    signal?.addEventListener('abort', breakOff);
    try {
      client = await this.pool.connect();
      if (signal?.aborted) return;
      yield* this.copy(client, from, through);
      if (!signal?.aborted) release(false);
    } catch (error) {
      if (!signal?.aborted) throw toStoreError(error);
    } finally {
      signal?.removeEventListener('abort', breakOff);
      breakOff();
    }
  }

  /**
   * The last position of a run, as a decimal.
   * @returns null when the log has nothing after the position
   * @throws ForeignPositionError when the log ends before `after` or was replaced by another
   */
  private async runEnd(after: Position | null, options: ReadColumnsOptions): Promise<string | null> {
    const { until, mostEvents = LAST_POSITION, mostBytes = LAST_POSITION } = options;
    const last = until === undefined ? LAST_POSITION : fromPosition(until);
    const values = [fromPosition(after), last, mostEvents, mostBytes];
    const { rows } = await this.pool
      .query<RunEnd>({ name: 'tidemark.run_end', text: RUN_END, values })
      .catch((error) => {
        throw toStoreError(error);
      });
    const { identity, head, through } = rows[0] as RunEnd;
    if (identity !== this.identity)
      throw new ForeignPositionError(`Event store ${this.identity} was replaced by ${identity}`);
    if (after && toPosition(head) < after)
      throw new ForeignPositionError(
        `Position ${after} is not of this log, which ends at ${toPosition(head)}`,
      );
    return through;
  }

  private async *copy(client: PoolClient, after: string, through: string): AsyncGenerator<ColumnBatch> {
    const batch = emptyBatch();
    const [revisions, occurred, recorded, versions] = [newFields(), newFields(), newFields(), newFields()];
    const hasVersions = !this.upcasters.isEmpty;
    const fields = [...TEXT_COLUMNS.map((name) => batch[name]), revisions, occurred, recorded];
    if (hasVersions) fields.push(versions);
    const found = new CopyRows(fields, BATCH_EVENTS, BATCH_BYTES);
    const take = (): ColumnBatch => {
      const { rows, heap } = found;
      const view = new DataView(heap.buffer, heap.byteOffset, heap.length);
      for (let row = 0; row < rows; row++) {
        batch.revisions[row] = view.getInt32(revisions.starts[row] as number);
        batch.occurredAt[row] = view.getBigInt64(occurred.starts[row] as number) + EPOCH_2000_MICROSECONDS;
        batch.recordedAt[row] = view.getBigInt64(recorded.starts[row] as number) + EPOCH_2000_MICROSECONDS;
      }
      Object.assign(batch, { rows, heap });
      found.taken();
      return hasVersions ? liftRows(batch, versions, this.upcasters) : batch;
    };
    for await (const _ of copyOut(client, copyOf(after, through, hasVersions), found)) yield take();
    if (found.rows > 0) yield take();
  }
}

/** @param after, through decimals */
const copyOf = (after: string, through: string, hasVersions: boolean): string =>
  `COPY (SELECT lpad(position::text, 19, '0'), id::text, stream, type, data, metadata, revision, occurred_at,
                recorded_at${hasVersions ? ', schema_version' : ''}
           FROM tidemark.events
          WHERE position > ${after} AND position <= ${through}
          ORDER BY position)
     TO STDOUT (FORMAT binary)`;
