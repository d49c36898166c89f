import { type ClientBase, Pool, type PoolClient } from 'pg';

export interface PoolOptions {
  url: string;
  /** most connections at once */
  max: number;
  /** as shown in pg_stat_activity */
  applicationName: string;
  /** further settings of every connection, e.g. search_path; without blanks */
  settings?: Readonly<Record<string, string>>;
  /** how long a statement waits when all connections are in use; milliseconds, default 30,000 */
  waitMs?: number;
}

/** The longest wait that a query may ask for, so that a burst is slow rather than refused. */
const WAIT_MS = 30_000;
/** node-postgres gives this error no code. */
const NO_TURN = 'timeout exceeded when trying to connect';

/**
 * Makes a connection pool with the settings that every statement relies on: no statement timeout, because a
 * rebuild may take minutes; UTC; and no just-in-time compilation, which costs short statements more than it
 * saves.
 */
export function createPool({
  url,
  max,
  applicationName,
  settings = {},
  waitMs = WAIT_MS,
}: PoolOptions): Pool {
  const all = { statement_timeout: '0', TimeZone: 'UTC', jit: 'off', ...settings };
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    options: Object.entries(all)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    // This is also how long a new connection may take.
    connectionTimeoutMillis: waitMs,
    keepAlive: true,
  });
  // A connection that breaks while it is idle emits an error event, which would end the process without a
  // listener. The pool replaces the connection by itself.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Is it, or was it caused by, a statement that got no connection because all of the pool stayed in use? */
export function isPoolBusy(error: unknown): boolean {
  return error instanceof Error && (error.message === NO_TURN || isPoolBusy(error.cause));
}

/**
 * Node's codes and SQLSTATEs of a database that cannot be reached, is starting or stopping, or has no
 * connection or disk space left.
 */
const AWAY_CODES =
  /^(ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|08...|53...|57P0.)$/;
/** node-postgres gives these no code. */
const AWAY_MESSAGES = /^(Connection terminated|timeout expired|Client has encountered a connection error)/;

/** Is it, or was it caused by, a database that does not answer? */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (AWAY_CODES.test(code ?? '') || AWAY_MESSAGES.test(error.message)) return true;
  return isDatabaseAway(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** Did a statement ask for a table or column that the database does not have? */
export function isOfOtherShape(error: unknown): boolean {
  const UNDEFINED_TABLE = '42P01';
  const UNDEFINED_COLUMN = '42703';
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === UNDEFINED_TABLE || code === UNDEFINED_COLUMN;
}

export interface TransactionOptions {
  /** default: read committed */
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readOnly?: boolean;
}

/**
 * Runs `fn` in one transaction, on a connection of the pool or on the given one: committed when it resolves,
 * rolled back when it rejects.
 */
export async function inTransaction<T>(
  pool: Pool,
  fn: (client: PoolClient) => Promise<T>,
  options?: TransactionOptions,
): Promise<T>;
export async function inTransaction<T, C extends ClientBase>(
  client: C,
  fn: (client: C) => Promise<T>,
  options?: TransactionOptions,
): Promise<T>;
export async function inTransaction<T>(
  target: Pool | ClientBase,
  fn: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  if (!(target instanceof Pool)) return transact(target as PoolClient, fn, options);
  const client = await target.connect();
  let broken = true;
  try {
    const result = await transact(client, fn, options);
    broken = false;
    return result;
  } finally {
    // After a failure the state of the connection is uncertain, and a new one is cheap.
    client.release(broken);
  }
}

async function transact<T>(
  client: PoolClient,
  fn: (client: PoolClient) => Promise<T>,
  { isolation = 'read committed', readOnly = false }: TransactionOptions,
): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL ${isolation} ${readOnly ? 'READ ONLY' : 'READ WRITE'}`);
  try {
    const result = await fn(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // The first error is the one to report, even where the connection is gone and cannot roll back.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
