import { setMaxListeners } from 'node:events';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { CommandContext } from '../../commands';
import type { EventStore } from '../../event-store/event-store';
import type { ProjectionProgress } from '../../projections/progress';
import { LIVE_METRICS_PROJECTIONS, readLiveMetrics } from '../queries/live-metrics.query';
import { readLag } from '../queries/projections.query';
import type { LiveMetrics } from '../types/live-metrics.type';
import { Changes } from './changes';
import { pause } from './pull-stream';

/** How often the lag is looked at while no read model advances, and how soon a failed reading is tried again. */
const IDLE_MS = 1_000;

interface Source {
  /** null: the store's reporting currency */
  currency: string | null;
  /** everyMs of each subscriber */
  paces: number[];
  latest: LiveMetrics | undefined;
  changes: Changes;
  ending: AbortController;
}

/** Computes live metrics once for each currency, however many subscribe to them, at the pace of the fastest. */
export class LiveMetricsHub {
  private readonly sources = new Map<string | null, Source>();

  constructor(
    private readonly options: {
      pool: Pool;
      store: EventStore;
      commands: Pick<CommandContext, 'settings'>;
      progress: ProjectionProgress;
      logger: Logger;
    },
  ) {}

  /** How many currencies are computed. */
  get size(): number {
    return this.sources.size;
  }

  /** The numbers now, then whenever they have changed, but never within `everyMs` milliseconds of the last. */
  async *watch(currency: string | null, everyMs: number, signal: AbortSignal): AsyncGenerator<LiveMetrics> {
    const source = this.join(currency, everyMs);
    try {
      let seen = 0;
      while (await source.changes.after(seen, signal)) {
        seen = source.changes.version;
        if (source.latest) yield source.latest;
        await pause(everyMs, signal);
      }
    } finally {
      this.leave(source, everyMs);
    }
  }

  private join(currency: string | null, everyMs: number): Source {
    const known = this.sources.get(currency);
    if (known) {
      known.paces.push(everyMs);
      return known;
    }
    const ending = new AbortController();
    setMaxListeners(0, ending.signal);
    const source: Source = {
      currency,
      paces: [everyMs],
      latest: undefined,
      changes: new Changes(),
      ending,
    };
    this.sources.set(currency, source);
    void this.compute(source);
    return source;
  }

  private leave(source: Source, everyMs: number): void {
    source.paces.splice(source.paces.indexOf(everyMs), 1);
    if (source.paces.length > 0) return;
    this.sources.delete(source.currency);
    source.ending.abort();
  }

  private async compute(source: Source): Promise<void> {
    const { progress, logger } = this.options;
    const { signal } = source.ending;
    const advances = new Changes();
    const stopListening = LIVE_METRICS_PROJECTIONS.map((projection) =>
      progress.onAdvance(projection, () => advances.announce()),
    );
    try {
      for (let seen = -1; !signal.aborted; ) {
        try {
          if (advances.version > seen) {
            seen = advances.version;
            await this.read(source);
          } else await this.readLag(source);
        } catch (error) {
          logger.warn({ err: error }, 'live metrics could not be read');
          seen = -1;
          await pause(IDLE_MS, signal);
        }
        await pause(Math.min(...source.paces), signal);
        await advances.after(seen, signal, IDLE_MS);
      }
    } finally {
      for (const stop of stopListening) stop();
    }
  }

  private async read(source: Source): Promise<void> {
    const { pool, store, commands } = this.options;
    const currency = source.currency ?? (await commands.settings.stored())?.reportingCurrency ?? null;
    const metrics = await readLiveMetrics(pool, store, currency);
    const { latest } = source;
    const isNews =
      latest?.asOf.position !== metrics.asOf.position || latest.lag.events !== metrics.lag.events;
    if (isNews) publish(source, metrics);
  }

  /** Nothing advances: if events pile up meanwhile, that is the news. */
  private async readLag(source: Source): Promise<void> {
    const { latest } = source;
    if (!latest) return;
    const lag = await readLag(this.options.store, latest.asOf.position);
    if (lag.events !== latest.lag.events) publish(source, { ...latest, lag });
  }
}

function publish(source: Source, metrics: LiveMetrics): void {
  source.latest = metrics;
  source.changes.announce();
}
