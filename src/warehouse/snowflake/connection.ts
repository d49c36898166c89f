import type { Bind, Connection, SnowflakeError as DriverError, RowStatement } from 'snowflake-sdk';
import { Turns } from '../../concurrency/turns';
import { driver } from './driver';
import { driverOptions } from './driver-options';
import { isUnanswered, SnowflakeError } from './errors';
import { explainError } from './explain-error';
import { PASSWORD_WARNING, type SnowflakeOptions } from './options';
import {
  asText,
  columnsOf,
  type SnowflakeColumn,
  type StatementResult,
  type TextRow,
} from './statement-result';
import { withoutSecrets } from './without-secrets';

const STATEMENT_TIMEOUT_MS = 3_600_000;
const LOGIN_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** The driver waits up to 16 s between two of them, so that a call gives up after about a minute. */
const RETRIES = 7;
const LOCK_TIMEOUT_S = 600;

/** A statement that is done, for the log. */
export interface StatementDone {
  /** without secrets */
  sql: string;
  /** how many rows it returned or changed */
  rows: number;
  queryId: string;
  ms: number;
}

export interface ConnectionHooks {
  onStatement?: (done: StatementDone) => void;
  /** called for what works today and should be changed, such as a password */
  onWarning?: (warning: string) => void;
  /** how often a request without an answer is repeated; default 7, which takes about a minute */
  retries?: number;
}

/**
 * A session of Snowflake. A statement that gets no answer breaks the session: nobody knows what the statement
 * did, so every later one is refused.
 */
export class SnowflakeConnection {
  private broken: SnowflakeError | undefined;
  /** Statements of one session run one after the other, whoever calls. */
  private readonly turns = new Turns(1);

  private constructor(
    private readonly connection: Connection,
    private readonly options: SnowflakeOptions,
    private readonly hooks: ConnectionHooks,
  ) {}

  /** @throws SnowflakeError saying what was refused and what to do about it */
  static async open(options: SnowflakeOptions, hooks: ConnectionHooks = {}): Promise<SnowflakeConnection> {
    if (options.credential.method === 'password') hooks.onWarning?.(PASSWORD_WARNING);
    const connection = driver().sdk.createConnection(driverOptions(options));
    const opened = new SnowflakeConnection(connection, options, hooks);
    await opened.login();
    try {
      await opened.execute(SESSION(Math.ceil(opened.statementTimeoutMs / 1_000)));
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  /** whether a statement had no answer */
  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  private get statementTimeoutMs(): number {
    return this.options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  }

  private login(): Promise<void> {
    return this.limited(this.options.loginTimeoutMs ?? LOGIN_TIMEOUT_MS, 'login', (done) => {
      this.connection.connect((error) => done(error, undefined));
    });
  }

  /**
   * Runs a statement and reads its whole result.
   * @param binds the values of its question marks
   * @throws SnowflakeError
   */
  execute(sql: string, binds?: readonly Bind[]): Promise<StatementResult> {
    return this.submit(sql, binds, false, (statement, rows) => ({
      columns: columnsOf(statement),
      rows: (rows ?? []).map(asText),
      changed: Math.max(statement.getNumUpdatedRows() ?? 0, 0),
      queryId: statement.getQueryId(),
    }));
  }

  /**
   * Runs a query of any size.
   * @param use gets the rows while they arrive
   * @throws SnowflakeError
   */
  async stream<T>(
    sql: string,
    use: (result: { columns: SnowflakeColumn[]; rows: AsyncIterable<TextRow> }) => Promise<T>,
  ): Promise<T> {
    const statement = await this.submit(sql, undefined, true, (submitted) => submitted);
    const rows = statement.streamRows();
    try {
      return await use({ columns: columnsOf(statement), rows: rows.map(asText) as AsyncIterable<TextRow> });
    } finally {
      rows.destroy();
    }
  }

  private submit<T>(
    sql: string,
    binds: readonly Bind[] | undefined,
    streamResult: boolean,
    finish: (statement: RowStatement, rows: unknown[] | undefined) => T,
  ): Promise<T> {
    return this.turns.run(() => this.submitNow(sql, binds, streamResult, finish));
  }

  private async submitNow<T>(
    sql: string,
    binds: readonly Bind[] | undefined,
    streamResult: boolean,
    finish: (statement: RowStatement, rows: unknown[] | undefined) => T,
  ): Promise<T> {
    if (this.broken) throw this.broken;
    const start = performance.now();
    const { statement, rows } = await this.limited<{ statement: RowStatement; rows?: unknown[] }>(
      this.statementTimeoutMs,
      sql,
      (done) => {
        this.connection.execute({
          sqlText: sql,
          binds,
          streamResult,
          rowMode: 'array',
          fetchAsString: ['String', 'Boolean', 'Number', 'Date', 'JSON', 'Buffer'],
          complete: (error, submitted, found) => done(error, { statement: submitted, rows: found }),
        });
      },
    );
    const changed = statement.getNumUpdatedRows() ?? -1;
    this.hooks.onStatement?.({
      sql: withoutSecrets(sql),
      rows: changed >= 0 ? changed : statement.getNumRows(),
      queryId: statement.getQueryId(),
      ms: Math.round(performance.now() - start),
    });
    return finish(statement, rows);
  }

  private async limited<T>(
    ms: number,
    what: string,
    call: (done: (error: DriverError | undefined, result: T) => void) => void,
  ): Promise<T> {
    const requests = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        timer = setTimeout(() => {
          const name = withoutSecrets(what).trim().split('\n')[0];
          reject(new SnowflakeError('timeout', `Snowflake: no answer within ${ms / 1_000} s to ${name}`));
        }, ms);
        const limits = { signal: requests.signal, retries: this.hooks.retries ?? RETRIES };
        driver().within(limits, () =>
          call((error, result) => (error ? reject(explainError(error, this.options)) : resolve(result))),
        );
      });
    } catch (error) {
      if (isUnanswered(error)) this.broken = error;
      throw error;
    } finally {
      clearTimeout(timer);
      if (this.broken) requests.abort();
    }
  }

  /**
   * Ends the session, which rolls back what was not committed. Never throws: Snowflake ends a session that is
   * left alone.
   */
  async close(): Promise<void> {
    if (!this.connection.isUp()) return;
    await this.limited<void>(CLOSE_TIMEOUT_MS, 'logout', (done) => {
      this.connection.destroy((error) => done(error, undefined));
    }).catch(() => {});
  }
}

/** Whatever the account says: times are in UTC, an error ends the transaction, and nothing waits for ever. */
const SESSION = (timeoutS: number): string =>
  `ALTER SESSION SET TIMEZONE = 'UTC', TRANSACTION_ABORT_ON_ERROR = TRUE, ABORT_DETACHED_QUERY = TRUE,
  LOCK_TIMEOUT = ${LOCK_TIMEOUT_S}, STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutS}, QUERY_TAG = 'tidemark',
  DATE_OUTPUT_FORMAT = 'YYYY-MM-DD', TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6'`;
