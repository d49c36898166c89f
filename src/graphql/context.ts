import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { CommandContext } from '../commands/command-context';
import type { EventStore } from '../event-store/event-store';
import type { ProjectionProgress } from '../projections/progress';
import { Budget } from './loaders/budget';
import { createLoaders, type Loaders } from './loaders/loaders';
import type { Metrics } from './server/metrics';
import type { LiveMetricsHub } from './subscriptions/live-metrics-hub';
import type { OrderHub } from './subscriptions/order-hub';

/** What lives as long as the server, and every operation uses. */
export interface Services {
  pool: Pool;
  store: EventStore;
  commands: CommandContext;
  progress: ProjectionProgress;
  logger: Logger;
  metrics: Metrics;
  orderHub: OrderHub;
  liveMetricsHub: LiveMetricsHub;
  /** aborted when the server stops: nobody waits any longer then */
  stopping: AbortSignal;
}

/** What one operation has: a subscription's lasts over all its pushes, and is renewed before each. */
export class OperationContext {
  loaders!: Loaders;
  budget!: Budget;

  constructor(
    readonly services: Services,
    readonly correlationId: string,
  ) {
    this.renew();
  }

  /** Forgets what was loaded, so that the next push shows what is there by then. */
  renew(): void {
    this.budget = new Budget();
    this.loaders = createLoaders(this.services.pool);
  }
}
