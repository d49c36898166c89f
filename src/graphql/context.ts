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
  heavy: HeavyOperations;
  /** aborted when the server stops: nobody waits any longer then */
  stopping: AbortSignal;
}

/** What one operation has: a subscription's lasts over all its pushes, and is renewed before each. */
export class OperationContext {
  budget!: Budget;
  /** Lets the next large operation run. */
  leave: () => void = () => {};
  /**
   * By the consistency token that was waited for before anything was read with them; '' where there was none.
   */
  private loaders!: Map<string, Loaders>;
  /** The tokens of the operation's root fields, by response key, as far as their waits are over. */
  private readonly passed = new Map<string | number, string>();

  constructor(
    readonly services: Services,
    readonly correlationId: string,
    /** what the guard found it to cost */
    public cost?: OperationCost,
  ) {
    this.renew();
  }

  /** The guard has admitted the operation, and it costs as much. */
  admitted(cost: OperationCost | undefined): void {
    this.cost = cost;
    this.renew();
  }

  /** Forgets what was loaded, so that the next push shows what is there by then. */
  renew(): void {
    this.budget = new Budget(this.cost);
    this.loaders = new Map();
  }

  /**
   * The read models below a root field have passed its token: what was read before without waiting is not
   * shown there.
   */
  pass(info: GraphQLResolveInfo, token: string): void {
    this.passed.set(rootKey(info), token);
  }

  /**
   * What the edges of a field are read with: together with those of every other field that waited for the
   * same.
   */
  loadersOf(info: GraphQLResolveInfo): Loaders {
    const token = this.passed.get(rootKey(info)) ?? '';
    const loaders = this.loaders.get(token) ?? createLoaders(this.services.pool, this.budget);
    this.loaders.set(token, loaders);
    return loaders;
  }
}

/** The response key of the operation's field that an object was reached by. */
function rootKey({ path }: GraphQLResolveInfo): string | number {
  let root = path;
  while (root.prev) root = root.prev;
  return root.key;
}
