import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { CommandContext } from '../../commands';
import { pause } from '../../concurrency/pause';
import { Signal } from '../../concurrency/signal';
import type { EventStore } from '../../event-store/event-store';
import type { ProjectionProgress } from '../../projections/progress/progress';
import { LIMITS } from '../limits';
import { LIVE_METRICS_PROJECTIONS, readLiveMetrics } from '../queries/live-metrics.query';
import { readLag } from '../queries/projections.query';
import type { LiveMetrics } from '../types/live-metrics.type';

/** How often the lag is read while no read model advances, and how soon a failed reading is tried again. */
const IDLE_MS = 1_000;
/** A reading is followed by a rest of so many times its duration, which leaves the database to others. */
const REST = 1;

/** The live metrics of one currency, and who watches them. */
interface Source {
  /** null: the store's reporting currency */
  currency: string | null;
  /** `everyMs` of each subscriber */
  paces: number[];
  latest: LiveMetrics | undefined;
  changes: Signal;
  /** version of `advances` that `latest` shows; -1: it has to be read in any case */
  seen: number;
  /** when it was read last, in milliseconds of `performance.now` */
  readAt: number;
}

/** Reads live metrics once for all subscribers. One reading serves all currencies that are due. */
export class LiveMetricsHub {
  private readonly sources = new Map<string | null, Source>();
  private readonly advances = new Signal();
  /** raised when something may have to be read sooner than expected */
  private readonly news = new Signal();
  private isRunning = false;
  private watchers = 0;

  constructor(
    private readonly options: {
      pool: Pool;
      store: EventStore;
      commands: Pick<CommandContext, 'settings'>;
      progress: ProjectionProgress;
      logger: Logger;
    },
  ) {}

  /** How many currencies are watched. */
  get size(): number {
    return this.sources.size;
  }

  /**
   * The numbers now, then whenever they have changed, but at least `everyMs` milliseconds apart. With very
   * many subscribers the pauses are longer: LIMITS bounds the pushes to all of them together.
   */
  async *watch(currency: string | null, everyMs: number, signal: AbortSignal): AsyncGenerator<LiveMetrics> {
    const source = this.join(currency, everyMs);
    try {
      let seen = 0;
      while (await source.changes.after(seen, signal)) {
        seen = source.changes.version;
        if (source.latest) yield source.latest;
        await pause(Math.max(everyMs, this.shortestPause), signal);
      }
    } finally {
      this.leave(source, everyMs);
    }
  }

  private get shortestPause(): number {
    return (this.watchers * 1_000) / LIMITS.liveMetricsPushesPerSecond;
  }

  private join(currency: string | null, everyMs: number): Source {
    const source = this.sources.get(currency) ?? {
      currency,
      paces: [],
      latest: undefined,
      changes: new Signal(),
      seen: -1,
      readAt: Number.NEGATIVE_INFINITY,
    };
    this.sources.set(currency, source);
    source.paces.push(everyMs);
    this.watchers += 1;
    this.news.raise();
    if (!this.isRunning) void this.run();
    return source;
  }

  private leave(source: Source, everyMs: number): void {
    source.paces.splice(source.paces.indexOf(everyMs), 1);
    this.watchers -= 1;
    if (source.paces.length > 0) return;
    this.sources.delete(source.currency);
    this.news.raise();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    const stopListening = LIVE_METRICS_PROJECTIONS.map((projection) =>
      this.options.progress.onAdvance(projection, () => {
        this.advances.raise();
        this.news.raise();
      }),
    );
    const { signal } = new AbortController();
    try {
      while (this.sources.size > 0) {
        const { version } = this.news;
        const begun = performance.now();
        const isRead = await this.readDue(begun);
        if (isRead) await pause((performance.now() - begun) * REST, signal);
        await this.news.after(version, signal, this.untilDue());
      }
    } finally {
      this.isRunning = false;
      for (const stop of stopListening) stop();
    }
  }

  /**
   * Milliseconds until something is due, unless there is news. At least 1: the timer may run ahead of the
   * clock.
   */
  private untilDue(): number {
    const now = performance.now();
    const waits = Array.from(this.sources.values(), (source) => this.dueAt(source) - now);
    return Math.max(1, Math.min(IDLE_MS, ...waits));
  }

  private dueAt(source: Source): number {
    const isCurrent = source.seen >= this.advances.version;
    return source.readAt + (isCurrent ? IDLE_MS : Math.max(Math.min(...source.paces), this.shortestPause));
  }

  /** @returns whether there was anything to read */
  private async readDue(now: number): Promise<boolean> {
    const due = [...this.sources.values()].filter((source) => this.dueAt(source) <= now);
    if (due.length === 0) return false;
    for (const source of due) source.readAt = now;
    const { version } = this.advances;
    try {
      const [idle, stale] = [
        due.filter(({ seen }) => seen >= version),
        due.filter(({ seen }) => seen < version),
      ];
      if (stale.length > 0) await this.read(stale, version);
      if (idle.length > 0) await this.readLag(idle);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'live metrics could not be read');
      for (const source of due) {
        source.seen = -1;
        source.readAt = now + IDLE_MS;
      }
    }
    return true;
  }

  private async read(sources: readonly Source[], version: number): Promise<void> {
    const { pool, store, commands } = this.options;
    const reporting = (await commands.settings.stored())?.reportingCurrency ?? null;
    const of = ({ currency }: Source) => currency ?? reporting;
    const metrics = await readLiveMetrics(pool, store, [...new Set(sources.map(of))]);
    for (const source of sources) {
      source.seen = version;
      const read = metrics.get(of(source));
      const { latest } = source;
      if (read && (latest?.asOf.position !== read.asOf.position || latest.lag.events !== read.lag.events))
        deliver(source, read);
    }
  }

  /** Reads the lag alone: while no read model advances, only that changes. */
  private async readLag(sources: readonly Source[]): Promise<void> {
    const lags = new Map<string, LiveMetrics['lag']>();
    for (const source of sources) {
      const { latest } = source;
      if (!latest) continue;
      const { position } = latest.asOf;
      const lag = lags.get(position) ?? (await readLag(this.options.store, position));
      lags.set(position, lag);
      if (lag.events !== latest.lag.events) deliver(source, { ...latest, lag });
    }
  }
}

/** Hands new numbers to all who watch a currency. */
function deliver(source: Source, metrics: LiveMetrics): void {
  source.latest = metrics;
  source.changes.raise();
}
