import type { ClientBase, Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import { inTransaction } from '../../postgres/pool';
import type { Fold, Projection } from '../projection';
import { type DeadLetter, listDeadLetters, removeDeadLetters, updateReason } from './dead-letters';
import { isDataError, ProjectionRequestError } from './errors';
import { findGeneration, type Generation } from './generations';
import { recordSkip, type SkipDecision, skippedPositions } from './skipped-events';

export interface RetryReport {
  applied: number;
  /** events that are still parked: those that failed again and those behind them */
  parked: number;
  failures: Array<{ stream: string; position: string; reason: string }>;
}

export interface SkipReport extends RetryReport {
  /** the event that was given up, and what the fold said of it at last */
  skipped: { stream: string; position: string; type: string; refusal: string };
}

/**
 * Re-drives parked events of the published generation, of one stream or of all, in log order. A stream whose
 * event fails again stays parked from there on. An event that was skipped in another generation is let go
 * here, too. Where the total order matters (`ordering: 'global'`) the events count as if they came now; a
 * rebuild puts them in their place.
 */
export function retryDeadLetters(pool: Pool, projection: Projection, stream?: string): Promise<RetryReport> {
  return withPublished(pool, projection, async (client, generation) => {
    const skipped = await skippedPositions(client, generation);
    await removeDeadLetters(client, generation, [...skipped]);
    return reDrive(client, projection, generation, await listDeadLetters(client, generation, stream));
  });
}

/**
 * Gives up the event that parked a stream: it counts in no generation, now or later, and stands in
 * `skipped_events` for ever. What waits behind it is applied, up to the next event that the fold refuses.
 * @throws ProjectionRequestError when nothing of the stream is parked, or the event can be applied by now;
 *   then nothing is changed
 */
export function skipDeadLetter(
  pool: Pool,
  projection: Projection,
  stream: string,
  decision: SkipDecision,
): Promise<SkipReport> {
  return withPublished(pool, projection, async (client, generation) => {
    const { name } = projection;
    const [letter, ...waiting] = await listDeadLetters(client, generation, stream);
    if (!letter) throw new ProjectionRequestError(`${name}: nothing of stream ${stream} is parked.`);
    const refusal = await tryEvent(client, await projection.open(client), letter.event);
    if (refusal === null)
      throw new ProjectionRequestError(
        `${name} can take the event at ${letter.position} by now: \`tidemark projections retry ${name} --stream ${stream}\` applies it.`,
      );
    await recordSkip(client, generation, letter, { ...decision, refusal });
    await removeDeadLetters(client, generation, [letter.position]);
    const report = await reDrive(client, projection, generation, waiting);
    return { skipped: { stream, position: letter.position, type: letter.type, refusal }, ...report };
  });
}

/** Changes the published generation in one transaction that keeps its runner out. */
function withPublished<T>(
  pool: Pool,
  projection: Projection,
  work: (client: ClientBase, generation: Generation) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    // The row lock keeps the live runner out; the raised commit counter tells it that what it remembers is
    // stale.
    const generation = await findGeneration(client, projection.name, 'active', true);
    if (!generation) throw new ProjectionRequestError(`${projection.name} has no published generation.`);
    await client.query(`SET LOCAL search_path TO ${generation.schema}`);
    const result = await work(client, generation);
    await client.query(
      'UPDATE tidemark.generations SET commits = commits + 1 WHERE projection = $1 AND generation = $2',
      [generation.projection, generation.generation],
    );
    return result;
  });
}

async function reDrive(
  client: ClientBase,
  projection: Projection,
  generation: Generation,
  letters: readonly DeadLetter[],
): Promise<RetryReport> {
  const failures: RetryReport['failures'] = [];
  const failed = new Set<string>();
  const done: string[] = [];
  let fold: Fold | undefined;
  for (const { position, stream, event } of letters) {
    if (failed.has(stream)) continue;
    fold ??= await projection.open(client);
    const reason = await tryEvent(client, fold, event);
    if (reason === null) {
      done.push(position);
      continue;
    }
    fold = undefined;
    failed.add(stream);
    failures.push({ stream, position, reason });
    await updateReason(client, generation, position, reason);
  }
  await removeDeadLetters(client, generation, done);
  return { applied: done.length, parked: letters.length - done.length, failures };
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
