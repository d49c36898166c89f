import type { Pool } from 'pg';
import { allDone } from '../../concurrency/all-done';
import type { Position } from '../../event-store/position';
import { StoreFeed } from '../../feed/store-feed';
import { inTransaction } from '../../postgres/pool';
import { isDataError } from '../engine/errors';
import type { Generation } from '../engine/generations';
import { completeGeneration } from '../engine/make-generation';
import { catchUp } from './catch-up';
import { type Comparison, compareWithPublished } from './compare-generations';
import { type Build, beginWithoutBulk, lockProjections, openBuild } from './open-build';
import type { RebuildOptions } from './rebuild-options';
import { type ProgressReport, reportProgress } from './rebuild-progress';
import { switchReaders } from './switch-generation';

const BATCH_SIZE = 20_000;

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
 * of them, and switches readers to it. It continues an interrupted build. Orders may keep coming: it catches
 * up with them before it switches.
 * @throws ProjectionRequestError when one of them is being rebuilt already; PoisonEventError at an event that
 *   a fold refuses
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt[]> {
  const locks = await lockProjections(options);
  const builds: Build[] = [];
  try {
    for (const projection of options.projections) builds.push(await openBuild(projection, options));
    const report = reportProgress(options);
    await buildAll(builds, report, options);
    const results: Rebuilt[] = [];
    for (const build of builds) results.push(await finish(build, report, options));
    return results;
  } finally {
    await Promise.all(builds.map(({ runner }) => runner.close()));
    await Promise.all(locks.map((lock) => lock.release()));
  }
}

async function buildAll(builds: Build[], report: ProgressReport, options: RebuildOptions): Promise<void> {
  const { store, until, batchSize = BATCH_SIZE, signal } = options;
  const feed = new StoreFeed(store);
  const read = () => {
    const runners = builds.map(({ runner }) => runner);
    return catchUp(runners, feed, {
      batchSize,
      until: until && 'position' in until ? until.position : undefined,
      recordedUntil: until && 'recordedAt' in until ? until.recordedAt : undefined,
      signal,
      onPass: report.pass,
      onBatch: ({ events }) => report.read(events.length),
    });
  };
  do {
    await read();
    report.phase('indexing');
    await allDone(builds.map((build) => complete(build, options)));
  } while (builds.some(({ runner }) => !runner.generation.indexed));
  // Events were appended while the indexes were made.
  await read();
}

/** Completes the tables of a build. Where a bulk build's rows contradict each other, it begins anew. */
async function complete(build: Build, options: RebuildOptions): Promise<void> {
  const { projection, generation } = build.runner;
  if (generation.indexed) return;
  try {
    await inTransaction(options.pool, (client) => completeGeneration(client, projection, generation));
    await build.runner.refresh();
  } catch (error) {
    if (!generation.bulk || !isDataError(error)) throw error;
    await beginWithoutBulk(build, options);
  }
}

async function finish(
  { runner, resumed }: Build,
  report: ProgressReport,
  options: RebuildOptions,
): Promise<Rebuilt> {
  const feed = new StoreFeed(options.store);
  report.phase('verifying');
  const comparison = options.verify
    ? await compareWithPublished(options, runner, feed, options.signal)
    : undefined;
  const switched = options.switch !== false && !options.until && comparison?.equal !== false;
  report.phase('switching');
  if (switched) await switchReaders(options.pool, runner, feed);
  else await setAside(options.pool, runner.generation);
  const { projection, generation, schema, position, events } = runner.generation;
  return { projection, generation, schema, position, events, resumed, switched, comparison };
}

async function setAside(pool: Pool, { projection, generation }: Generation): Promise<void> {
  await pool.query(
    `UPDATE tidemark.generations SET status = 'ready', commits = commits + 1
      WHERE projection = $1 AND generation = $2`,
    [projection, generation],
  );
}
