import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { allDone } from '../../concurrency/all-done';
import { keepTrying } from '../../concurrency/keep-trying';
import { pause } from '../../concurrency/pause';
import type { EventStore } from '../../event-store/event-store';
import { type Position, START } from '../../event-store/position';
import { StoreFeed } from '../../feed/store-feed';
import { AdvisoryLock, FROZEN_AFTER_MS } from '../../postgres/advisory-lock';
import { inTransaction } from '../../postgres/pool';
import { GenerationRunner } from '../engine/generation-runner';
import {
  activate,
  createGeneration,
  findGeneration,
  type Generation,
  indexGeneration,
  lockGenerations,
} from '../engine/generations';
import { parkAndTell } from '../engine/park-and-tell';
import { AdvanceNotifier } from '../progress/advance';
import type { Projection } from '../projection';
import { projections as catalogue } from '../read-models/catalogue';
import { rebuild } from '../rebuild/rebuild';

const BATCH_SIZE = 5_000;
/**
 * At the end of the log a batch is not begun sooner than this after the one before: under load many events
 * share the cost of a batch, and nobody sees a number later than by this much.
 */
const SHORTEST_CYCLE_MS = 40;
/**
 * After a batch that took long, three times as long is left to what makes the events, but not more than this.
 */
const LONGEST_REST_MS = 120;

export interface ProjectorOptions {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
  logger: Logger;
  /** default: all of the catalogue */
  projections?: readonly Projection[];
  /** Those that Kafka feeds are only rebuilt here when their version changes. Default: none */
  isFedElsewhere?: (projection: Projection) => boolean;
}

export interface Projector {
  /**
   * Resolves when every projection is published and shows everything that was in the log at the time of the
   * call.
   */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Keeps every projection live: one reading of the log feeds them all. One projector of a database is at work,
 * the others stand by and take over the moment it is gone, or some seconds after it froze. After a failure it
 * starts again from the checkpoints, with growing pauses.
 */
export function startProjector(options: ProjectorOptions): Projector {
  const projector = new LiveProjector(options);
  const running = projector.run();
  return {
    caughtUp: () => projector.caughtUp(),
    async stop() {
      projector.stop();
      await running;
    },
  };
}

class LiveProjector {
  private readonly projections: readonly Projection[];
  private readonly feed: StoreFeed;
  private readonly notifier: AdvanceNotifier;
  private readonly stopping = new AbortController();
  /** aborted to start over from the checkpoints */
  private following = new AbortController();
  private readonly rebuilding = new Map<string, Promise<void>>();
  private readonly failedRebuilds = new Set<string>();
  /** how far all of them are; undefined before the first has been opened */
  private position: Position | undefined;
  private waiters: Array<{ position: string; resolve: () => void }> = [];

  constructor(private readonly options: ProjectorOptions) {
    this.projections = options.projections ?? catalogue;
    this.feed = new StoreFeed(options.store);
    this.notifier = new AdvanceNotifier(options.pool);
  }

  stop(): void {
    this.stopping.abort();
    this.following.abort();
  }

  async caughtUp(): Promise<void> {
    const head = (await this.options.store.head())?.position ?? START;
    if (this.stopping.signal.aborted || (this.position !== undefined && this.position >= head)) return;
    await new Promise<void>((resolve) => this.waiters.push({ position: head, resolve }));
  }

  async run(): Promise<void> {
    await keepTrying(this.stopping.signal, (well) => this.lead(well), {
      logger: this.options.logger,
      failed: 'projector failed',
      overtaken: 'projections moved, starting from their checkpoints',
      overtakenAtOnce: true,
    });
    await Promise.allSettled(this.rebuilding.values());
    await this.notifier.flush();
    this.wakeWaiters('\uffff');
  }

  /** Waits for the leadership and keeps it until the log cannot be followed any more. */
  private async lead(well: () => void): Promise<void> {
    const lock = await AdvisoryLock.acquire(
      this.options.databaseUrl,
      'tidemark projector',
      this.stopping.signal,
    );
    if (!lock) return;
    try {
      while (!this.stopping.signal.aborted && lock.held) {
        this.following = new AbortController();
        const stop = () => this.following.abort();
        lock.onLost(stop);
        if (this.stopping.signal.aborted) stop();
        await this.follow(this.following.signal, well);
      }
    } finally {
      await lock.release();
    }
  }

  private async follow(signal: AbortSignal, well: () => void): Promise<void> {
    const runners = await this.openRunners();
    try {
      for (const runner of runners) await this.feed.check(runner.generation);
      const storeIdentity = await this.options.store.identity();
      const position = lowestPosition(runners);
      this.reached(runners);
      for await (const batch of this.feed.live(
        { storeIdentity, position },
        { batchSize: BATCH_SIZE, signal },
      )) {
        const begun = performance.now();
        await allDone(runners.map((runner) => runner.apply(batch)));
        well();
        this.reached(runners);
        const taken = performance.now() - begun;
        const rest = Math.max(SHORTEST_CYCLE_MS - taken, Math.min(taken * 3, LONGEST_REST_MS));
        if (batch.caughtUp && rest > 0) await pause(rest, signal);
      }
    } finally {
      await Promise.all(runners.map((runner) => runner.close()));
    }
  }

  private reached(runners: GenerationRunner[]): void {
    this.notifier.announce(runners.map((runner) => runner.generation));
    if (this.rebuilding.size > 0) return;
    this.position = lowestPosition(runners);
    this.wakeWaiters(this.position);
  }

  private wakeWaiters(position: string): void {
    const due = this.waiters.filter((waiter) => waiter.position <= position);
    this.waiters = this.waiters.filter((waiter) => waiter.position > position);
    for (const { resolve } of due) resolve();
  }

  /**
   * A runner for every projection whose published generation this program's code can go on with; the others
   * are rebuilt.
   */
  private async openRunners(): Promise<GenerationRunner[]> {
    const { databaseUrl, pool, store, logger } = this.options;
    const identity = await store.identity();
    const current: Array<[Projection, Generation]> = [];
    for (const projection of this.projections) {
      const generation = await ensureActive(pool, projection, identity);
      if (generation.version !== projection.version) this.rebuildOutdated(projection, generation);
      else if (!this.options.isFedElsewhere?.(projection)) current.push([projection, generation]);
    }
    return Promise.all(
      current.map(([projection, generation]) =>
        GenerationRunner.open(projection, generation, {
          databaseUrl,
          frozenAfterMs: FROZEN_AFTER_MS,
          ...parkAndTell(projection, logger),
        }),
      ),
    );
  }

  /** The published generation stays as it is until its successor has caught up and takes its place. */
  private rebuildOutdated(projection: Projection, { version }: Generation): void {
    const { name } = projection;
    if (this.rebuilding.has(name) || this.failedRebuilds.has(name)) return;
    const { logger } = this.options;
    logger.info({ projection: name, from: version, to: projection.version }, 'rebuilding for a new version');
    const work = rebuild({ ...this.options, projections: [projection], signal: this.stopping.signal })
      .then(
        () => logger.info({ projection: name, version: projection.version }, 'rebuilt and switched'),
        (error) => {
          if (this.stopping.signal.aborted) return;
          // Not tried again until the next start: it would fail the same way, at the cost of the live
          // projections.
          this.failedRebuilds.add(name);
          logger.error({ err: error, projection: name }, 'rebuild failed, the old version stays published');
        },
      )
      .finally(() => {
        this.rebuilding.delete(name);
        this.following.abort();
      });
    this.rebuilding.set(name, work);
  }
}

/** The published generation; a projection that has none yet gets its first, empty. */
async function ensureActive(pool: Pool, projection: Projection, storeIdentity: string): Promise<Generation> {
  const active = await findGeneration(pool, projection.name, 'active');
  if (active) return active;
  await inTransaction(pool, async (client) => {
    await lockGenerations(client);
    if (await findGeneration(client, projection.name, 'active')) return;
    const generation = await createGeneration(client, projection, storeIdentity);
    await indexGeneration(client, projection, generation);
    await activate(client, projection, generation);
  });
  return (await findGeneration(pool, projection.name, 'active')) as Generation;
}

function lowestPosition(runners: GenerationRunner[]): Position {
  const positions = runners.map((runner) => runner.position).sort();
  return positions[0] ?? START;
}
