import type { Pool } from 'pg';
import { allDone } from '../../concurrency/all-done';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { StoreFeed } from '../../feed/store-feed';
import { AdvisoryLock } from '../../postgres/advisory-lock';
import { inTransaction } from '../../postgres/pool';
import { ProjectionRequestError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import {
  createGeneration,
  dropGeneration,
  findGeneration,
  type Generation,
  indexGeneration,
} from '../engine/generations';
import type { Projection } from '../projection';
import { catchUp } from './catch-up';
import { type Comparison, compareWithPublished } from './comparison';
import { publish } from './publish';

export interface RebuildOptions {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
  projections: readonly Projection[];
  /**
   * stop after this position, or after what was recorded by this time (Unix milliseconds); the result is left
   * aside
   */
  until?: { position: Position } | { recordedAt: number };
  /**
   * hold the result against the published generation at the same position; where they differ nothing is
   * switched
   */
  verify?: boolean;
  /** default true */
  switch?: boolean;
  /** park events that a fold refuses instead of stopping at the first */
  park?: boolean;
  /** events a batch; default 20,000 */
  batchSize?: number;
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildProgress {
  phase: 'reading' | 'indexing' | 'verifying' | 'switching';
  /** events read so far in this run, of `total` as far as is known */
  done: number;
  total: number;
}

export interface Rebuilt {
  projection: string;
  generation: number;
  schema: string;
  position: Position;
  /** events in it */
  events: number;
  /** went on with a build that had been interrupted */
  resumed: boolean;
  switched: boolean;
  comparison?: Comparison;
}

/**
 * Builds the next generation of each projection beside the published one, from one reading of the log for all
 * of them, and switches to it. An interrupted build goes on where it was. Orders may keep coming: it catches
 * up with them before it switches.
 * @throws ProjectionRequestError when one of them is being rebuilt already; PoisonEventError at an event that
 *   a fold refuses
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt[]> {
  const locks = await lockAll(options);
  const builds: Build[] = [];
  try {
    for (const projection of options.projections) builds.push(await openBuild(projection, options));
    const report = countProgress(options);
    await build(builds, report, options);
    return await finish(builds, report, options);
  } finally {
    await Promise.all(builds.map(({ runner }) => runner.close()));
    await Promise.all(locks.map((lock) => lock.release()));
  }
}

interface Build {
  projection: Projection;
  runner: GenerationRunner;
  resumed: boolean;
}

/** Keeps count of the events read, and tells of it. */
interface ProgressReport {
  /** a pass over the log begins, with so many events to read */
  pass(events: number): void;
  read(events: number): void;
  phase(phase: RebuildProgress['phase']): void;
}

function countProgress({ onProgress }: RebuildOptions): ProgressReport {
  const progress: RebuildProgress = { phase: 'reading', done: 0, total: 0 };
  return {
    pass(events) {
      progress.phase = 'reading';
      progress.total = progress.done + events;
    },
    read(events) {
      progress.done += events;
      onProgress?.({ ...progress });
    },
    phase(phase) {
      progress.phase = phase;
      onProgress?.({ ...progress });
    },
  };
}

async function build(builds: Build[], report: ProgressReport, options: RebuildOptions): Promise<void> {
  const feed = new StoreFeed(options.store);
  const runners = builds.map(({ runner }) => runner);
  const read = () =>
    catchUp(runners, feed, {
      batchSize: options.batchSize ?? 20_000,
      until: options.until && 'position' in options.until ? options.until.position : undefined,
      recordedUntil: options.until && 'recordedAt' in options.until ? options.until.recordedAt : undefined,
      signal: options.signal,
      onPass: report.pass,
      onBatch: ({ events }) => report.read(events.length),
    });
  await read();
  report.phase('indexing');
  await allDone(builds.map((each) => indexBuild(each, options.pool)));
  // What was appended while the indexes were made.
  await read();
}

async function indexBuild({ projection, runner }: Build, pool: Pool): Promise<void> {
  if (runner.generation.indexed) return;
  await inTransaction(pool, (client) => indexGeneration(client, projection, runner.generation));
  await runner.refresh();
}

async function finish(builds: Build[], report: ProgressReport, options: RebuildOptions): Promise<Rebuilt[]> {
  const { until, verify } = options;
  const feed = new StoreFeed(options.store);
  const results: Rebuilt[] = [];
  for (const { projection, runner, resumed } of builds) {
    report.phase('verifying');
    const comparison = verify
      ? await compareWithPublished(options, projection, runner, feed, options.signal)
      : undefined;
    const switched = options.switch !== false && !until && comparison?.equal !== false;
    report.phase('switching');
    if (switched) await publish(options.pool, projection, runner, feed);
    else await setAside(options.pool, runner.generation);
    const { generation, schema, position, events } = runner.generation;
    results.push({
      projection: projection.name,
      generation,
      schema,
      position,
      events,
      resumed,
      switched,
      comparison,
    });
  }
  return results;
}

/** One rebuild of a projection at a time. */
async function lockAll({ databaseUrl, projections }: RebuildOptions): Promise<AdvisoryLock[]> {
  const locks: AdvisoryLock[] = [];
  for (const { name } of projections) {
    const lock = await AdvisoryLock.tryAcquire(databaseUrl, `tidemark rebuild ${name}`);
    if (lock) {
      locks.push(lock);
      continue;
    }
    await Promise.all(locks.map((taken) => taken.release()));
    throw new ProjectionRequestError(`Projection ${name} is being rebuilt by another process already.`);
  }
  return locks;
}

async function openBuild(projection: Projection, options: RebuildOptions): Promise<Build> {
  const identity = await options.store.identity();
  const unfinished = await findGeneration(options.pool, projection.name, 'building');
  const resumed = unfinished !== null && isUsable(unfinished, projection, identity, options);
  const generation = resumed
    ? unfinished
    : await inTransaction(options.pool, async (client) => {
        if (unfinished) await dropGeneration(client, unfinished);
        return createGeneration(client, projection, identity);
      });
  const runner = await GenerationRunner.open(projection, generation, {
    databaseUrl: options.databaseUrl,
    onPoison: options.park ? 'park' : 'stop',
  });
  return { projection, runner, resumed };
}

/** May an interrupted build be gone on with: same code, same log, and not past what is asked for now? */
function isUsable(
  unfinished: Generation,
  projection: Projection,
  identity: string,
  { until }: RebuildOptions,
): boolean {
  if (unfinished.version !== projection.version || unfinished.storeIdentity !== identity) return false;
  if (!until) return true;
  return 'position' in until
    ? unfinished.position <= until.position
    : (unfinished.recordedAt?.getTime() ?? 0) <= until.recordedAt;
}

async function setAside(pool: Pool, { projection, generation }: Generation): Promise<void> {
  await pool.query(
    `UPDATE tidemark.generations SET status = 'ready', commits = commits + 1 WHERE projection = $1 AND generation = $2`,
    [projection, generation],
  );
}
