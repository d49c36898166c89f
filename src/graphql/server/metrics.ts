import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { readLag, readProjections } from '../queries/projections.query';
import type { Reader } from '../queries/snapshot';

/** What the server counts, in a registry of its own. */
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

  private readonly lagEvents = new Gauge({
    name: 'tidemark_projection_lag_events',
    help: 'Events that a projection has yet to read',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  private readonly lagSeconds = new Gauge({
    name: 'tidemark_projection_lag_seconds',
    help: 'How long the first event has been waiting that a projection has yet to read',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  private readonly deadLetters = new Gauge({
    name: 'tidemark_projection_dead_letters',
    help: 'Events parked because of one that a projection could not take',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  private readonly skippedEvents = new Gauge({
    name: 'tidemark_projection_skipped_events',
    help: 'Events that a projection could not take and that were given up',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  private readonly lake: LakeGauges | undefined;

  /** @param lakePosition where this process has role exporter: as far as the log is in the lake; undefined while it stands by */
  constructor(private readonly lakePosition?: () => Position | undefined) {
    collectDefaultMetrics({ register: this.registry });
    if (lakePosition) this.lake = lakeGauges(this.registry);
  }

  /** Everything in the Prometheus text format; the lag is looked up now. */
  async text(reader: Reader, store: EventStore): Promise<string> {
    const projections = await readProjections(reader, store).catch(() => []);
    for (const { name, lagEvents, lagSeconds, deadLetters, skippedEvents } of projections) {
      this.lagEvents.set({ projection: name }, lagEvents);
      this.lagSeconds.set({ projection: name }, lagSeconds);
      this.deadLetters.set({ projection: name }, deadLetters);
      this.skippedEvents.set({ projection: name }, skippedEvents);
    }
    if (this.lake) await this.lookUpLake(this.lake, store);
    return this.registry.metrics();
  }

  /** Not a number is what Prometheus takes for unknown. */
  private async lookUpLake(
    { position, lagEvents, lagSeconds }: LakeGauges,
    store: EventStore,
  ): Promise<void> {
    const through = this.lakePosition?.();
    const lag = through === undefined ? undefined : await readLag(store, through).catch(() => undefined);
    position.set(through === undefined ? Number.NaN : Number(through));
    lagEvents.set(lag?.events ?? Number.NaN);
    lagSeconds.set(lag?.seconds ?? Number.NaN);
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
