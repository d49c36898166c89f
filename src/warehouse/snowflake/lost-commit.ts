import { Backoff } from '../../concurrency/backoff';
import { ledgerKey, readLoaded } from '../load/ledger';
import type { NewFiles } from '../load/new-files';
import { SnowflakeError, type UnknownCommitError } from './errors';
import { type SnowflakeSession, transactionOf } from './snowflake-session';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/** How often it is asked what became of a COMMIT, and the pauses before each time. */
const ATTEMPTS = 5;
const PAUSES = { firstMs: 1_000, longestMs: 15_000 };

/**
 * Finds out what became of a load whose COMMIT had no answer. While its transaction still runs it is ended;
 * then nothing of it can change any more: its name is in the warehouse, or at least its files, or it was not
 * done.
 * @throws SnowflakeError when it was not committed, or nobody can tell
 */
export async function mustBeCommitted(
  options: SnowflakeWarehouseOptions,
  load: string,
  news: NewFiles,
  unknown: UnknownCommitError,
): Promise<void> {
  let last: unknown = unknown;
  const backoff = new Backoff(PAUSES);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await backoff.wait();
    try {
      const committed = await withSnowflake(options, (session) => endAndAsk(session, load, news));
      if (committed) return;
    } catch (error) {
      last = error;
      continue;
    }
    throw new SnowflakeError(
      'network',
      `${unknown.message}\nNothing was loaded: load again`,
      undefined,
      undefined,
      {
        cause: unknown,
      },
    );
  }
  throw new SnowflakeError(
    'network',
    `${unknown.message}\nThat was the end of a load, and whether it was done is not known. Loading again finds out, and loads nothing twice`,
    undefined,
    undefined,
    { cause: last },
  );
}

/** Rolls back the transaction of a load of another session, if it still runs. */
export async function endTransaction(session: SnowflakeSession, load: string): Promise<void> {
  const running = await session.query('SHOW TRANSACTIONS');
  const own = running.find(({ name }) => name?.toLowerCase() === transactionOf(load));
  if (own) await session.query(`SELECT SYSTEM$ABORT_TRANSACTION(${own.id})`);
}

async function endAndAsk(session: SnowflakeSession, load: string, news: NewFiles): Promise<boolean> {
  await endTransaction(session, load);
  const [model] = await session.query('SELECT last_load FROM warehouse_model');
  if (model?.last_load === load) return true;
  if (news.count === 0) return false;
  // Another load may have come after it.
  const { ledger } = await readLoaded(session);
  return [...news.files].every(([dataset, files]) =>
    files.every(({ key }) => ledger.has(ledgerKey(dataset, key))),
  );
}
