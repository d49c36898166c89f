import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { allDone } from '../../concurrency/all-done';
import { keepTrying } from '../../concurrency/keep-trying';
import { pause } from '../../concurrency/pause';
import type { EventBatch, EventStore } from '../../event-store/event-store';
import { type Position, START } from '../../event-store/position';
import { StoreFeed } from '../../feed/store-feed';
import { AdvisoryLock, FROZEN_AFTER_MS } from '../../postgres/advisory-lock';
import { GenerationRunner } from '../engine/generation-runner';
import { parkAndTell } from '../engine/park-and-tell';
import { AdvanceNotifier } from '../progress/advance';
import type { Projection } from '../projection';
import { projections as catalogue } from '../read-models/catalogue';
import { OutdatedRebuilds } from './outdated-rebuilds';
import { PositionWaiters } from './position-waiters';
import { publishedGeneration } from './published-generation';

const BATCH_SIZE = 5_000;
/**
 * At the end of the log a batch begins no sooner than this after the one before. Under load many events share
 * the cost of a batch, and no number is later by more than this.
 */
const SHORTEST_CYCLE_MS = 40;
/** After a batch that took long, whatever makes the events is left as long, and at most this. */
const LONGEST_REST_MS = 40;

export interface ProjectorOptions {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
  logger: Logger;
  /** default: all of the catalogue */
  projections?: readonly Projection[];
  /** Those that Kafka feeds are only rebuilt here, when their version changes. Default: none */
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
 * Keeps every projection live: one reading of the log feeds them all. One projector of a database is at work.
 * The others stand by and take over the moment it is gone, or some seconds after it froze. After a failure it
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
  private readonly feed: StoreFeed;
  private readonly notifier: AdvanceNotifier;
  private readonly rebuilds: OutdatedRebuilds;
  /** for the position that all projections have reached */
  private readonly waiters = new PositionWaiters();
  private readonly stopping = new AbortController();
  /** aborted to start over from the checkpoints */
  private following = new AbortController();

  constructor(private readonly options: ProjectorOptions) {
    this.feed = new StoreFeed(options.store);
    this.notifier = new AdvanceNotifier(options.pool);
    this.rebuilds = new OutdatedRebuilds({
      ...options,
      stopping: this.stopping.signal,
      onEnded: () => this.following.abort(),
    });
  }

  stop(): void {
    this.stopping.abort();
    this.following.abort();
  }

  async caughtUp(): Promise<void> {
    await this.waiters.waitFor((await this.options.store.head())?.position ?? START);
  }

  async run(): Promise<void> {
    await keepTrying(this.stopping.signal, (well) => this.lead(well), {
      logger: this.options.logger,
      failed: 'projector failed',
      overtaken: 'projections moved, starting from their checkpoints',
      overtakenAtOnce: true,
    });
    await this.rebuilds.settled();
    await this.notifier.flush();
    this.waiters.end();
  }

  /** Waits for the lock that makes it the leader, and follows the log as long as it has it. */
  private async lead(well: () => void): Promise<void> {
    const { databaseUrl } = this.options;
    const lock = await AdvisoryLock.acquire(databaseUrl, 'tidemark projector', this.stopping.signal);
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
      const start = { storeIdentity: await this.options.store.identity(), position: lowestPosition(runners) };
      this.notifier.announce(runners.map((runner) => runner.generation));
      this.reached(runners);
      for await (const batch of this.feed.live(start, { batchSize: BATCH_SIZE, signal })) {
        const begunAt = performance.now();
        await allDone(runners.map((runner) => this.apply(runner, batch)));
        well();
        this.reached(runners);
        if (batch.caughtUp) await pause(restAfter(performance.now() - begunAt), signal);
      }
    } finally {
      await Promise.all(runners.map((runner) => runner.close()));
    }
  }

  /** Each projection is announced when it has committed: whoever watches it does not wait for the others. */
  private async apply(runner: GenerationRunner, batch: EventBatch): Promise<void> {
    await runner.apply(batch);
    this.notifier.announce([runner.generation]);
  }

  private reached(runners: GenerationRunner[]): void {
    if (!this.rebuilds.isRunning) this.waiters.reach(lowestPosition(runners));
  }

  /**
   * A runner for every projection whose published generation this program's code can go on with; the others
   * are rebuilt.
   */
  private async openRunners(): Promise<GenerationRunner[]> {
    const { databaseUrl, pool, store, logger, projections = catalogue, isFedElsewhere } = this.options;
    const identity = await store.identity();
    const open: Array<() => Promise<GenerationRunner>> = [];
    for (const projection of projections) {
      const published = await publishedGeneration(pool, projection, identity);
      const runnerOptions = {
        databaseUrl,
        frozenAfterMs: FROZEN_AFTER_MS,
        ...parkAndTell(projection, logger, this.stopping.signal),
      };
      if (published.version !== projection.version) this.rebuilds.begin(projection, published);
      else if (!isFedElsewhere?.(projection))
        open.push(() => GenerationRunner.open(projection, published, runnerOptions));
    }
    return Promise.all(open.map((one) => one()));
  }
}

/** Milliseconds to wait after a batch that took `tookMs`. */
function restAfter(tookMs: number): number {
  return Math.max(SHORTEST_CYCLE_MS - tookMs, Math.min(tookMs, LONGEST_REST_MS));
}

function lowestPosition(runners: GenerationRunner[]): Position {
  const positions = runners.map((runner) => runner.position).sort();
  return positions[0] ?? START;
}
