import type { ClientBase, Pool } from 'pg';
import type { RecordedEvent } from '../event-store/event';
import { inTransaction } from '../postgres/pool';
import { listDeadLetters, removeDeadLetters, updateReason } from './dead-letters';
import { isDataError, ProjectionRequestError } from './errors';
import { findGeneration } from './generations';
import type { Fold, Projection } from './projection';

export interface RetryReport {
  applied: number;
  /** events that are still parked: those that failed again and those behind them */
  parked: number;
  failures: Array<{ stream: string; position: string; reason: string }>;
}

/**
 * Re-drives parked events of the published generation, of one stream or of all, in log order. A stream whose event fails again
 * stays parked from there on. Where the total order matters (`ordering: 'global'`) the events count as if they came now; a
 * rebuild puts them in their place.
 */
export async function retryDeadLetters(
  pool: Pool,
  projection: Projection,
  stream?: string,
): Promise<RetryReport> {
  return inTransaction(pool, async (client) => {
    // The row lock keeps the live runner out; the raised commit counter tells it that what it remembers is stale.
    const generation = await findGeneration(client, projection.name, 'active', true);
    if (!generation) throw new ProjectionRequestError(`${projection.name} has no published generation.`);
    await client.query(`SET LOCAL search_path TO ${generation.schema}`);
    const letters = await listDeadLetters(client, generation, stream);
    const report: RetryReport = { applied: 0, parked: 0, failures: [] };
    const failed = new Set<string>();
    const done: string[] = [];
    let fold: Fold | undefined;
    for (const { position, stream: key, event } of letters) {
      if (failed.has(key)) continue;
      fold ??= await projection.open(client);
      const reason = await tryEvent(client, fold, event);
      if (reason === null) {
        done.push(position);
        continue;
      }
      fold = undefined;
      failed.add(key);
      report.failures.push({ stream: key, position, reason });
      await updateReason(client, generation, position, reason);
    }
    await removeDeadLetters(client, generation, done);
    await client.query(
      'UPDATE tidemark.generations SET commits = commits + 1 WHERE projection = $1 AND generation = $2',
      [generation.projection, generation.generation],
    );
    return { ...report, applied: done.length, parked: letters.length - done.length };
  });
}

/** Applies one event; null, or why it was refused. A refusal leaves no trace in the tables. */
async function tryEvent(client: ClientBase, fold: Fold, event: RecordedEvent): Promise<string | null> {
  await client.query('SAVEPOINT letter');
  try {
    await fold.apply(client, [event]);
    await client.query('RELEASE SAVEPOINT letter');
    return null;
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT letter');
    if (!isDataError(error)) throw error;
    return (error as Error).message;
  }
}
