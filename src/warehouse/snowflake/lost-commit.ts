import { setTimeout as sleep } from 'node:timers/promises';
import { ledgerKey, type NewFiles } from '../load/new-files';
import { SnowflakeError, type UnknownCommitError } from './errors';
import { readLedger } from './ledger';
import type { SnowflakeSession } from './snowflake-session';
import { type SnowflakeWarehouseOptions, withSnowflake } from './with-snowflake';

/** Between two attempts to find out what became of a COMMIT. */
const ASK_AGAIN_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Finds out what became of a transaction whose COMMIT had no answer. While it still runs it is ended; then the ledger cannot
 * change any more, and says it.
 * @throws SnowflakeError when it was not committed, or nobody can tell
 */
export async function mustBeCommitted(
  options: SnowflakeWarehouseOptions,
  transaction: string,
  news: NewFiles,
  unknown: UnknownCommitError,
): Promise<void> {
  let last: unknown = unknown;
  for (const pause of ASK_AGAIN_MS) {
    await sleep(pause);
    try {
      const committed = await withSnowflake(options, (session) => endAndAsk(session, transaction, news));
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

/** Rolls back a transaction of another session, by its name, if it still runs. */
export async function endTransaction(session: SnowflakeSession, transaction: string): Promise<void> {
  const running = await session.query('SHOW TRANSACTIONS');
  const own = running.find(({ name }) => name?.toLowerCase() === transaction);
  if (own) await session.query(`SELECT SYSTEM$ABORT_TRANSACTION(${own.id})`);
}

async function endAndAsk(session: SnowflakeSession, transaction: string, news: NewFiles): Promise<boolean> {
  await endTransaction(session, transaction);
  const { ledger } = await readLedger(session);
  return [...news.files].every(([dataset, files]) =>
    files.every(({ key }) => ledger.has(ledgerKey(dataset, key))),
  );
}
