import { DAY_MS, isTimeZone } from '../../domain/calendar';
import { minorDigits } from '../../domain/currencies';
import type { StoreConfigured } from '../../domain/events';
import { ColumnAppender } from '../../duckdb/column-appender';
import type { DuckDb, DuckDbSession } from '../../duckdb/duckdb';
import type { ColumnBatch } from '../../event-store/event-store';
import { textAt } from '../../event-store/log-columns';
import type { Position } from '../../event-store/position';
import type { Refusal } from '../../lake/cuts/cut';
import { badRows } from '../../lake/datasets/bad-rows.dataset';
import type { Dataset } from '../../lake/datasets/dataset';
import { fillDays } from '../../lake/datasets/sql/days';
import { findRefused, prepareWindow, rowsOf, windowTables } from '../../lake/datasets/sql/window';
import { type WrittenPartition, writePartitions } from '../../lake/parquet/write-partitions';
import { BAD_ROWS, type BadRow, badRowsTable } from './bad-rows';
import { filledWith } from './filled-with';
import { LOG_COLUMNS, LOG_TABLE } from './log-table';

/** What a window has of the log. */
export interface Filled {
  events: number;
  /** position of the last event; '' when there is none */
  through: Position;
  /** when the store wrote it, Unix milliseconds */
  throughRecordedAt: number;
}

/** What the rows of a window depend on beside its events. */
export interface Conditions {
  /** undefined: the store was not configured yet */
  settings: StoreConfigured | undefined;
  /** events that have no row in a dataset, whether or not they fit it */
  leftOut?: readonly Pick<Refusal, 'dataset' | 'position'>[];
}

/** In how many spans of four weeks there are events of each type. */
const SLICES_BY_TYPE = `SELECT type, count(DISTINCT occurred_at // ${28 * DAY_MS * 1_000}) AS n
  FROM log GROUP BY type`;
/** Four weeks and a day before and behind them. */
const MONTHS_OF_A_SLICE = 3;

const NOTHING: Filled = { events: 0, through: '', throughRecordedAt: 0 };

/**
 * A part of the log in DuckDB, and the rows that the datasets make of it by SQL. The same events under the
 * same conditions give the same files in every process.
 *
 * All of it is one transaction, which is rolled back in the end: rows that were never committed are copied
 * once less.
 */
export class LogWindow {
  private hasBegun = false;
  /** how many months the events of each type are of, at most, in whatever time zone */
  private mostMonths = 0;
  /** of its events */
  private types: ReadonlySet<string> = new Set();
  /** of the datasets that have no rows of some of its events */
  private partial: ReadonlySet<string> = new Set();
  private hasBad = false;

  private constructor(private readonly session: DuckDbSession) {}

  /** @param name of its database, which no other window of that DuckDB has */
  static async open(duckdb: DuckDb, name: string): Promise<LogWindow> {
    const session = await duckdb.connect();
    await session.run(`ATTACH ':memory:' AS ${name}; USE ${name}`);
    for (const statement of [LOG_TABLE, ...windowTables()]) await session.run(statement);
    return new LogWindow(session);
  }

  /** Replaces what the window has by the events of some batches. */
  async fill(batches: AsyncIterable<ColumnBatch>): Promise<Filled> {
    const { session } = this;
    await this.clear();
    await session.run('BEGIN');
    this.hasBegun = true;
    const kinds = LOG_COLUMNS.map(({ kind }) => kind);
    const appender = await ColumnAppender.open(session.connection, 'log', kinds);
    let filled = NOTHING;
    try {
      for await (const batch of batches) {
        appender.append(
          batch.rows,
          batch.heap,
          LOG_COLUMNS.map(({ of }) => of(batch)),
        );
        const last = batch.rows - 1;
        filled = {
          events: filled.events + batch.rows,
          through: textAt(batch, batch.positions, last),
          throughRecordedAt: Number((batch.recordedAt[last] as bigint) / 1_000n),
        };
      }
    } finally {
      appender.close();
    }
    const slices = await session.rows(SLICES_BY_TYPE);
    this.types = new Set(slices.map(({ type }) => String(type)));
    this.mostMonths = slices.reduce((sum, { n }) => sum + Number(n), 0) * MONTHS_OF_A_SLICE;
    return filled;
  }

  /**
   * Reads the events for some datasets, once for all of them.
   * @returns the events that a dataset refuses, in the order of the log; those left out are not among them
   */
  async prepare(
    datasets: readonly Dataset[],
    { settings, leftOut = [] }: Conditions,
    signal: AbortSignal,
  ): Promise<Refusal[]> {
    const { session } = this;
    const excluded = leftOut.map(({ dataset, position }) => [dataset, position]);
    await session.run(filledWith('settings', settings ? [settingsRow(settings)] : []));
    await session.run(filledWith('left_out', excluded));
    if (settings && isTimeZone(settings.timeZone)) await fillDays(session.connection, settings.timeZone);
    const concerned = datasets.filter((dataset) => this.concerns(dataset));
    for (const statement of prepareWindow(concerned)) await session.run(statement, signal);
    const refused = await findRefused(session.connection, concerned);
    this.partial = new Set([...leftOut, ...refused].map(({ dataset }) => dataset));
    const isLeftOut = new Set(excluded.map((each) => each.join(' ')));
    return refused.filter(({ dataset, position }) => !isLeftOut.has(`${dataset} ${position}`));
  }

  /** Sets which of its events are bad rows. */
  async setBad(rows: readonly BadRow[]): Promise<void> {
    this.hasBad = rows.length > 0;
    if (this.hasBad) await this.session.run(badRowsTable(rows));
  }

  /** Writes the rows of a dataset into a folder, a file for each partition. @throws as `writePartitions` */
  async write(dataset: Dataset, folder: string, signal: AbortSignal): Promise<WrittenPartition[]> {
    const isBadRows = dataset.name === badRows.name;
    if (isBadRows ? !this.hasBad : !this.concerns(dataset)) return [];
    const rows = isBadRows ? BAD_ROWS : rowsOf(dataset, !this.partial.has(dataset.name));
    const byMonths = dataset.partitionBy.some(({ transform }) => transform === 'month');
    const mostPartitions = byMonths && !isBadRows ? this.mostMonths : undefined;
    return writePartitions(this.session, dataset, rows, folder, { signal, mostPartitions });
  }

  /** Gives up its events, and the memory that they take. */
  async clear(): Promise<void> {
    if (this.hasBegun) await this.session.run('ROLLBACK');
    this.hasBegun = false;
  }

  close(): void {
    this.session.close();
  }

  /** Of a dataset without events, no statement is planned: that is most of the work of a small window. */
  private concerns({ eventTypes }: Dataset): boolean {
    return eventTypes?.some((type) => this.types.has(type)) ?? true;
  }
}

const settingsRow = ({ reportingCurrency, timeZone }: StoreConfigured): (string | null)[] => [
  reportingCurrency,
  minorDigits(reportingCurrency)?.toString() ?? null,
  timeZone,
];
