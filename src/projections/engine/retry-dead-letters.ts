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
  /** events that stay parked: those that the fold refused again, and those behind them */
  parked: number;
  failures: Array<{ stream: string; position: string; reason: string }>;
}

export interface SkipReport extends RetryReport {
  /** the event that was given up, and what the fold said of it last */
  skipped: { stream: string; position: string; type: string; refusal: string };
}

/**
 * Applies parked events of the published generation, of one stream or of all, in log order. A stream of which
 * an event is refused again stays parked from there on. Events that were skipped in another generation are
 * dropped. Where the total order matters (`ordering: 'global'`), the events count as if they came now; a
 * rebuild puts them in their place.
 */
export function retryDeadLetters(pool: Pool, projection: Projection, stream?: string): Promise<RetryReport> {
  return withPublished(pool, projection, async (client, generation) => {
    const skipped = await skippedPositions(client, generation);
    await removeDeadLetters(client, generation, [...skipped]);
    return applyLetters(client, projection, generation, await listDeadLetters(client, generation, stream));
  });
}

/**
 * Gives up the event that parked a stream: no generation folds it from now on, and `skipped_events` keeps it
 * for ever. The events behind it are applied, up to the next one that the fold refuses.
 * @throws ProjectionRequestError when nothing of the stream is parked, or the fold takes the event by now;
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
        `${name} can take the event at ${letter.position} by now: ` +
          `\`tidemark projections retry ${name} --stream ${stream}\` applies it.`,
      );
    await recordSkip(client, generation, letter, { ...decision, refusal });
    await removeDeadLetters(client, generation, [letter.position]);
    const report = await applyLetters(client, projection, generation, waiting);
    return { skipped: { stream, position: letter.position, type: letter.type, refusal }, ...report };
  });
}

/** Changes the tables of the published generation, in one transaction that keeps its runner out. */
function withPublished<T>(
  pool: Pool,
  projection: Projection,
  work: (client: ClientBase, generation: Generation) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    // The locked row keeps the live runner out. The raised commit counter tells it that its fold is stale.
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

async function applyLetters(
  client: ClientBase,
  projection: Projection,
  generation: Generation,
  letters: readonly DeadLetter[],
): Promise<RetryReport> {
  const failures: RetryReport['failures'] = [];
  const failed = new Set<string>();
  const applied: string[] = [];
  let fold: Fold | undefined;
  for (const { position, stream, event } of letters) {
    if (failed.has(stream)) continue;
    fold ??= await projection.open(client);
    const reason = await tryEvent(client, fold, event);
    if (reason === null) {
      applied.push(position);
      continue;
    }
    fold = undefined;
    failed.add(stream);
    failures.push({ stream, position, reason });
    await updateReason(client, generation, position, reason);
  }
  await removeDeadLetters(client, generation, applied);
  return { applied: applied.length, parked: letters.length - applied.length, failures };
}

/** Applies one event. @returns null, or why the fold refused it; then nothing of it is in the tables */
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
