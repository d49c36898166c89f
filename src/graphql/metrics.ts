import { setTimeout as delay } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { readLag, readProjections } from './queries/projections.query';
import type { Reader } from './queries/snapshot';
import type { Lag } from './types/live-metrics.type';
import type { ProjectionProgressType } from './types/projection-progress.type';
import { WorkerMetrics, type WorkerStatus } from './worker-metrics';

/** A scraper gives up after some ten seconds. Metrics that need no database matter most while it is away. */
const LOOK_UP_WITHIN_MS = 1_500;

export interface MetricsOptions {
  /**
   * given where the server has role exporter: how far the lake has the log, undefined while the exporter
   * stands by
   */
  lakePosition?: () => Position | undefined;
  /** the processes that do part of the server's work; none where it is one process */
  workers?: () => readonly WorkerStatus[];
}

/** The server's metrics, in a registry of their own. */
export class Metrics {
  readonly registry = new Registry();

  readonly requests = new Histogram({
    name: 'tidemark_http_request_duration_seconds',
    help: 'HTTP requests by path and status',
    labelNames: ['path', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly commands = new Counter({
    name: 'tidemark_commands_total',
    help: 'Commands by outcome: ACCEPTED, DUPLICATE, ERROR, or the code of the failure',
    labelNames: ['command', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly subscriptions = new Gauge({
    name: 'tidemark_subscriptions',
    help: 'Running subscriptions',
    labelNames: ['subscription'] as const,
    registers: [this.registry],
  });

  readonly sockets = new Gauge({
    name: 'tidemark_websocket_connections',
    help: 'Open WebSocket connections',
    registers: [this.registry],
  });

  private readonly projections = projectionGauges(this.registry);
  private readonly lake: LakeGauges | undefined;

  private readonly workers = new WorkerMetrics(this.registry);

  constructor(private readonly options: MetricsOptions = {}) {
    collectDefaultMetrics({ register: this.registry });
    if (options.lakePosition) this.lake = lakeGauges(this.registry);
  }

  /**
   * All metrics in the Prometheus text format. The lag is read now, and left out where the database does not
   * answer in time.
   */
  async text(reader: Reader, store: EventStore): Promise<string> {
    const through = this.options.lakePosition?.();
    const [projections, lakeLag] = await Promise.all([
      inTime(readProjections(reader, store)),
      through === undefined ? undefined : inTime(readLag(store, through)),
    ]);
    for (const gauge of Object.values(this.projections)) gauge.reset();
    for (const progress of projections ?? [])
      for (const name of GAUGE_NAMES)
        this.projections[name].set({ projection: progress.name }, progress[name]);
    if (this.lake) tellLake(this.lake, through, lakeLag);
    this.workers.tell(this.options.workers?.() ?? []);
    return this.registry.metrics();
  }
}

/** What a projection tells of itself: a gauge for each of these fields of its progress. */
const PROJECTION_GAUGES = {
  lagEvents: {
    name: 'tidemark_projection_lag_events',
    help: 'Events that a projection has yet to read',
  },
  lagSeconds: {
    name: 'tidemark_projection_lag_seconds',
    help: 'How long the first event has been waiting that a projection has yet to read',
  },
  deadLetters: {
    name: 'tidemark_projection_dead_letters',
    help: 'Events parked because of one that a projection could not take',
  },
  skippedEvents: {
    name: 'tidemark_projection_skipped_events',
    help: 'Events that a projection could not take and that were given up',
  },
} as const satisfies Partial<Record<keyof ProjectionProgressType, { name: string; help: string }>>;

const GAUGE_NAMES = Object.keys(PROJECTION_GAUGES) as (keyof typeof PROJECTION_GAUGES)[];

function projectionGauges(registry: Registry): Record<keyof typeof PROJECTION_GAUGES, Gauge<'projection'>> {
  const gauge = (name: keyof typeof PROJECTION_GAUGES) =>
    new Gauge({ ...PROJECTION_GAUGES[name], labelNames: ['projection'] as const, registers: [registry] });
  return Object.fromEntries(GAUGE_NAMES.map((name) => [name, gauge(name)])) as ReturnType<
    typeof projectionGauges
  >;
}

/** Prometheus takes NaN for unknown. */
function tellLake(
  { position, lagEvents, lagSeconds }: LakeGauges,
  through: Position | undefined,
  lag: Lag | undefined,
): void {
  position.set(through === undefined ? Number.NaN : Number(through));
  lagEvents.set(lag?.events ?? Number.NaN);
  lagSeconds.set(lag?.seconds ?? Number.NaN);
}

/** Waits for a bounded time; undefined when it fails or takes longer. */
async function inTime<T>(looking: Promise<T>): Promise<T | undefined> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      looking.catch(() => undefined),
      delay(LOOK_UP_WITHIN_MS, undefined, { signal: timeout.signal }),
    ]);
  } finally {
    timeout.abort();
  }
}

type LakeGauges = ReturnType<typeof lakeGauges>;

const lakeGauges = (registry: Registry) => ({
  position: new Gauge({
    name: 'tidemark_lake_position',
    help: 'Position of the log up to which the lake has it',
    registers: [registry],
  }),
  lagEvents: new Gauge({
    name: 'tidemark_lake_lag_events',
    help: 'Events that the lake has yet to get',
    registers: [registry],
  }),
  lagSeconds: new Gauge({
    name: 'tidemark_lake_lag_seconds',
    help: 'How long the first event has been waiting that the lake has yet to get',
    registers: [registry],
  }),
});
