import type { GraphQLResolveInfo } from 'graphql';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { CommandContext } from '../commands/command-context';
import type { EventStore } from '../event-store/event-store';
import type { ProjectionProgress } from '../projections/progress/progress';
import { Budget } from './cost/budget';
import type { HeavyOperations } from './cost/heavy-operations';
import type { OperationCost } from './cost/operation-cost';
import { createLoaders, type Loaders } from './loaders/loaders';
import type { Metrics } from './metrics';
import type { LiveMetricsHub } from './subscriptions/live-metrics-hub';
import type { OrderHub } from './subscriptions/order-hub';

/** The parts of the server that all operations share. */
export interface Services {
  pool: Pool;
  store: EventStore;
  commands: CommandContext;
  progress: ProjectionProgress;
  logger: Logger;
  metrics: Metrics;
  orderHub: OrderHub;
  liveMetricsHub: LiveMetricsHub;
  heavy: HeavyOperations;
  /** aborts when the server stops, and ends every waiting */
  stopping: AbortSignal;
}

/** The context of one operation. A subscription keeps it for all its pushes, and renews it before each. */
export class OperationContext {
  budget!: Budget;
  /** Lets the next large operation run, once this one is done. */
  leave: () => void = () => {};
  /** loaders by the consistency token that was waited for before they read; '' where there was none */
  private loaders!: Map<string, Loaders>;
  /** response key of a root field -> the token that it has waited for */
  private readonly passed = new Map<string | number, string>();

  constructor(
    readonly services: Services,
    readonly correlationId: string,
    /** as the guard has computed it */
    public cost?: OperationCost,
  ) {
    this.renew();
  }

  /** Takes the cost of an operation that the guard has admitted. */
  admitted(cost: OperationCost | undefined): void {
    this.cost = cost;
    this.renew();
  }

  /** Forgets what was loaded and spent, so that the next push of a subscription reads anew. */
  renew(): void {
    this.budget = new Budget(this.cost);
    this.loaders = new Map();
  }

  /**
   * Notes that the read models below a root field have reached its token. That field then shows nothing that
   * was read without this wait.
   */
  pass(info: GraphQLResolveInfo, token: string): void {
    this.passed.set(rootKey(info), token);
  }

  /** The loaders for the edges of a field, shared by all fields that waited for the same token. */
  loadersOf(info: GraphQLResolveInfo): Loaders {
    const token = this.passed.get(rootKey(info)) ?? '';
    const loaders = this.loaders.get(token) ?? createLoaders(this.services.pool, this.budget);
    this.loaders.set(token, loaders);
    return loaders;
  }
}

/** The response key of the root field that a field belongs to. */
function rootKey({ path }: GraphQLResolveInfo): string | number {
  let root = path;
  while (root.prev) root = root.prev;
  return root.key;
}
