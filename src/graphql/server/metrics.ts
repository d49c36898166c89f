import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventStore } from '../../event-store/event-store';
import { readProjections } from '../queries/projections.query';
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

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Everything in the Prometheus text format; the lag is looked up now. */
  async text(reader: Reader, store: EventStore): Promise<string> {
    const projections = await readProjections(reader, store).catch(() => []);
    for (const { name, lagEvents, lagSeconds, deadLetters } of projections) {
      this.lagEvents.set({ projection: name }, lagEvents);
      this.lagSeconds.set({ projection: name }, lagSeconds);
      this.deadLetters.set({ projection: name }, deadLetters);
    }
    return this.registry.metrics();
  }
}
