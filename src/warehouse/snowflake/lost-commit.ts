import { Backoff } from '../../concurrency/backoff';
import type { WarehouseReader } from '../session';
import { SnowflakeError } from './errors';
import { transactionOf } from './load-name';

/** How often it is asked what became of a COMMIT, and the pauses before each time. */
const ATTEMPTS = 5;
const PAUSES = { firstMs: 1_000, longestMs: 15_000 };

export interface LostCommit {
  load: string;
  /** why there was no answer */
  cause: SnowflakeError;
  /** Runs `work` in a new session: the one that lost the answer is broken. */
  reconnect<T>(work: (reader: WarehouseReader) => Promise<T>): Promise<T>;
  /** see `WarehouseSession.transaction` */
  isCommitted(reader: WarehouseReader): Promise<boolean>;
}

/**
 * Finds out what became of a transaction whose COMMIT had no answer. It first ends the transaction, if that
 * still runs: from then on nothing can change what the tables say.
 * @throws SnowflakeError when the transaction did not commit, or when nobody can tell
 */
export async function mustBeCommitted(lost: LostCommit): Promise<void> {
  let last: unknown = lost.cause;
  const backoff = new Backoff(PAUSES);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await backoff.wait();
    try {
      if (await lost.reconnect((reader) => endAndAsk(reader, lost))) return;
    } catch (error) {
      last = error;
      continue;
    }
    throw failure(lost, 'Nothing was loaded: load again', lost.cause);
  }
  const unknown = 'That was the end of a load, and whether it was done is not known.';
  throw failure(lost, `${unknown} Loading again finds out, and loads nothing twice`, last);
}

const failure = ({ cause }: LostCommit, text: string, because: unknown): SnowflakeError =>
  new SnowflakeError('network', `${cause.message}\n${text}`, { cause: because });

async function endAndAsk(reader: WarehouseReader, { load, isCommitted }: LostCommit): Promise<boolean> {
  await endTransaction(reader, load);
  const [model] = await reader.query('SELECT last_load FROM warehouse_model');
  if (model?.last_load === load) return true;
  // A load that came after it would have put its own name there.
  return isCommitted(reader);
}

/** Rolls back the transaction of a load, in whichever session it runs. Harmless when it runs no more. */
export async function endTransaction(reader: WarehouseReader, load: string): Promise<void> {
  const running = await reader.query('SHOW TRANSACTIONS');
  const own = running.find(({ name }) => name?.toLowerCase() === transactionOf(load));
  if (own) await reader.query(`SELECT SYSTEM$ABORT_TRANSACTION(${own.id})`);
}
