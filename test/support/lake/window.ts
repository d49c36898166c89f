import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { isTimeZone } from '../../../src/domain/calendar';
import { minorDigits } from '../../../src/domain/currencies';
import type { StoreConfigured } from '../../../src/domain/events';
import type { Row, Value } from '../../../src/lake/columns/table-definition';
import type { Refusal } from '../../../src/lake/cuts/cut';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import { fillDays } from '../../../src/lake/datasets/sql/days';
import { findRefused, prepareWindow, rowsOf, windowTables } from '../../../src/lake/datasets/sql/window';

/** An event as the log holds it. */
export interface LoggedEvent {
  id: string | null;
  stream: string;
  revision: number;
  position: string;
  type: string;
  /** Unix milliseconds; NaN: the log has none */
  occurredAt: number;
  recordedAt: number;
  /** the JSON as it was appended */
  data: string;
  metadata: string;
}

/** What datasets make of a window: rows by dataset, and what they refuse. */
export interface Made {
  rows: Map<string, Row[]>;
  refused: Refusal[];
}

/** A DuckDB that makes windows of a log into rows, as the exporter does. */
export class WindowUnderTest {
  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
  ) {}

  static async open(): Promise<WindowUnderTest> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(
      `CREATE TABLE log (position VARCHAR, id VARCHAR, stream VARCHAR, revision INTEGER, type VARCHAR,
         occurred_at BIGINT, recorded_at BIGINT, data VARCHAR, metadata VARCHAR)`,
    );
    for (const statement of windowTables()) await connection.run(statement);
    return new WindowUnderTest(instance, connection);
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async fill(events: readonly LoggedEvent[], known: StoreConfigured | undefined): Promise<void> {
    const { connection } = this;
    await connection.run('DELETE FROM log');
    await connection.run('DELETE FROM settings');
    const appender = await connection.createAppender('log');
    for (const event of events) {
      appender.appendVarchar(event.position);
      if (event.id === null) appender.appendNull();
      else appender.appendVarchar(event.id);
      appender.appendVarchar(event.stream);
      appender.appendInteger(event.revision);
      appender.appendVarchar(event.type);
      for (const at of [event.occurredAt, event.recordedAt]) {
        if (Number.isNaN(at)) appender.appendNull();
        else appender.appendBigInt(BigInt(at) * 1_000n);
      }
      appender.appendVarchar(event.data);
      appender.appendVarchar(event.metadata);
      appender.endRow();
    }
    appender.closeSync();
    if (!known) return;
    const { reportingCurrency, timeZone } = known;
    await connection.run('INSERT INTO settings VALUES ($1, $2, $3)', [
      reportingCurrency,
      minorDigits(reportingCurrency) ?? null,
      timeZone,
    ]);
    if (isTimeZone(timeZone)) await fillDays(connection, timeZone);
  }

  /** What some datasets make of events. @param known the settings of the store */
  async make(
    datasets: readonly Dataset[],
    events: readonly LoggedEvent[],
    known: StoreConfigured | undefined,
  ): Promise<Made> {
    await this.fill(events, known);
    for (const statement of prepareWindow(datasets)) await this.connection.run(statement);
    const refused = await findRefused(this.connection, datasets);
    const rows = new Map<string, Row[]>();
    const partial = new Set(refused.map(({ dataset }) => dataset));
    for (const dataset of datasets)
      rows.set(dataset.name, await this.query(rowsOf(dataset, !partial.has(dataset.name))));
    return { rows, refused: refused };
  }

  async query(sql: string): Promise<Row[]> {
    const reader = await this.connection.runAndReadAll(sql);
    const names = reader.columnNames();
    return reader
      .getRows()
      .map((row) => Object.fromEntries(row.map((value, at) => [names[at], asValue(value)])));
  }
}

/** A value of DuckDB as rows hold it. */
function asValue(value: DuckDBValue): Value {
  if (value instanceof DuckDBDecimalValue) return asNumber(value.value);
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampTZValue) return Number(value.micros) / 1_000;
  if (value instanceof DuckDBListValue) return value.items.map(String);
  return value as Value;
}

const asNumber = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
