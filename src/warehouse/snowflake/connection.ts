import type {
  Bind,
  Connection,
  ConnectionOptions,
  SnowflakeError as DriverError,
  RowStatement,
} from 'snowflake-sdk';
import type { QueryColumn } from '../target/query-answer';
import { driver } from './driver';
import { isUnanswered, SnowflakeError } from './errors';
import { explainError } from './explain-error';
import { PASSWORD_WARNING, type SnowflakeCredential, type SnowflakeOptions } from './options';
import { withoutSecrets } from './without-secrets';

const STATEMENT_TIMEOUT_MS = 3_600_000;
const LOGIN_TIMEOUT_MS = 60_000;
const CLOSE_WITHIN_MS = 5_000;
/** The driver waits up to 16 s between them: about a minute of no answer. */
const RETRIES = 7;
const LOCK_TIMEOUT_S = 600;

/** A statement that is done, for the log. */
export interface StatementDone {
  sql: string;
  /** that it returned or changed */
  rows: number;
  queryId: string;
  ms: number;
}

/** Unquoted names are in capitals; types are such as FIXED, TEXT, TIMESTAMP_NTZ. */
export type SnowflakeColumn = QueryColumn;

/**
 * Values as text, null where there is none. Numbers have every digit; dates and times are ISO 8601, in UTC.
 */
export type TextRow = (string | null)[];

export interface StatementResult {
  columns: SnowflakeColumn[];
  rows: TextRow[];
  /** that were inserted, updated or deleted */
  changed: number;
  queryId: string;
}

export interface ConnectionHooks {
  onStatement?: (done: StatementDone) => void;
  /** of something that works and should not be relied on */
  onWarning?: (warning: string) => void;
  /** of the requests that got no answer; default 7, about a minute */
  retries?: number;
}

/**
 * A session of Snowflake. One statement at a time. Once a statement had no answer the session is broken: it
 * is not known what it did, and every later statement is refused.
 */
export class SnowflakeConnection {
  private broken: SnowflakeError | undefined;

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
   * Runs a statement and reads all of its result.
   * @param binds values of the question marks in it
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
   * @param use takes the rows while they arrive
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

  private async submit<T>(
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
   * Ends the session, which rolls back what was not committed. Never throws: a session ends by itself, too.
   */
  async close(): Promise<void> {
    if (!this.connection.isUp()) return;
    await this.limited<void>(CLOSE_WITHIN_MS, 'logout', (done) => {
      this.connection.destroy((error) => done(error, undefined));
    }).catch(() => {});
  }
}

/** Times are in UTC whatever the account says, an error ends the transaction, and nothing waits for ever. */
const SESSION = (timeoutS: number): string =>
  `ALTER SESSION SET TIMEZONE = 'UTC', TRANSACTION_ABORT_ON_ERROR = TRUE, ABORT_DETACHED_QUERY = TRUE,
  LOCK_TIMEOUT = ${LOCK_TIMEOUT_S}, STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutS}, QUERY_TAG = 'tidemark',
  DATE_OUTPUT_FORMAT = 'YYYY-MM-DD', TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6'`;

function driverOptions(options: SnowflakeOptions): ConnectionOptions {
  const { account, user, credential, role, warehouse, database, schema, accessUrl } = options;
  return {
    account,
    username: user,
    ...authentication(credential),
    role,
    warehouse,
    database,
    schema,
    ...(accessUrl === undefined ? {} : { accessUrl }),
    application: 'Tidemark',
    clientSessionKeepAlive: false,
    disableQueryContextCache: true,
    representNullAsStringNull: false,
    sfRetryMaxLoginRetries: 3,
  };
}

function authentication(credential: SnowflakeCredential): ConnectionOptions {
  switch (credential.method) {
    case 'key-pair':
      return { authenticator: 'SNOWFLAKE_JWT', privateKey: credential.privateKey };
    case 'pat':
      return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: credential.token };
    case 'oauth':
      return { authenticator: 'OAUTH', token: credential.token };
    case 'password':
      return { authenticator: 'SNOWFLAKE', password: credential.password };
  }
}

/** Lists and objects are not text by themselves. */
const asText = (row: unknown): TextRow =>
  (row as unknown[]).map((value) =>
    value === null || typeof value === 'string' ? value : JSON.stringify(value),
  );

const columnsOf = (statement: RowStatement): SnowflakeColumn[] =>
  (statement.getColumns() ?? []).map((column) => ({
    name: column.getName(),
    type: column.getType().toUpperCase(),
    isNumber: column.isNumber(),
    scale: column.isNumber() ? column.getScale() || undefined : undefined,
  }));
