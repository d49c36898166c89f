import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Int, Resolver, Root, Subscription } from 'type-graphql';
import { pullStream } from '../../concurrency/pull-stream';
import { OperationContext } from '../context';
import { badUserInput } from '../errors';
import { LIMITS } from '../limits';
import { readArrivalsAfter } from '../queries/anomaly-arrivals.query';
import { startPosition } from '../queries/cursor';
import { readMovesAfter } from '../queries/segment-moves.query';
import { type FollowedList, follow } from '../subscriptions/follow';
import { Anomaly } from '../types/anomaly.type';
import { Customer } from '../types/customer.type';
import { LiveMetrics } from '../types/live-metrics.type';
import { Order } from '../types/order.type';
import { SegmentMove } from '../types/segment-move.type';
import { checkCurrency, checkId } from './arguments';
import { customerEdge } from './edges';
import { orderPartsOf } from './selection';

/** What type-graphql hands to `subscribe`. */
interface Subscribing<Args> {
  args: Args;
  context: OperationContext;
}

const { default: usualPace, min: shortest } = LIMITS.liveMetricsEveryMs;
const ANOMALY_THRESHOLD = '2';
const AFTER = 'Position to go on from, as in `position` of the last one received. Default: now.';
const LONGER = 'Longer where very many subscribe.';

@Resolver(() => SegmentMove)
export class SubscriptionsResolver {
  @Subscription(() => LiveMetrics, {
    description:
      'The numbers of the shop: as they are, then whenever they changed. A slow client gets the newest.',
    subscribe: ({ args, context }: Subscribing<{ currency?: string | null; everyMs: number }>) => {
      checkCurrency(args.currency);
      if (args.everyMs < shortest) throw badUserInput(`everyMs: must be ${shortest} or more`);
      return counted(context, 'liveMetrics', (signal) =>
        context.services.liveMetricsHub.watch(args.currency ?? null, args.everyMs, signal),
      );
    },
  })
  liveMetrics(
    @Root() metrics: LiveMetrics,
    @Arg('currency', () => String, { nullable: true, description: 'Default: the reporting currency.' })
    _currency: string | null,
    @Arg('everyMs', () => Int, {
      defaultValue: usualPace,
      description: `Shortest time between two pushes, at least ${shortest}. ${LONGER}`,
    })
    _everyMs: number,
  ): LiveMetrics {
    return metrics;
  }

  @Subscription(() => Anomaly, {
    description:
      'Orders that were anomalies when they were placed (basis AT_ARRIVAL, threshold 2), in their order.',
    subscribe: ({ args, context }: Subscribing<{ after?: string | null }>) =>
      followed(context, 'orderAnomalies', {
        projection: 'anomalies',
        after: args.after,
        readAfter: (position, limit) =>
          readArrivalsAfter(context.services.pool, position, ANOMALY_THRESHOLD, limit),
      }),
  })
  orderAnomalies(
    @Root() anomaly: Anomaly,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after: string | null,
    @Ctx() context: OperationContext,
  ): Anomaly {
    context.renew();
    return anomaly;
  }

  @Subscription(() => SegmentMove, {
    description:
      'Customers that moved to another segment or tier by an event of their own, in the order of the events.',
    subscribe: ({ args, context }: Subscribing<{ after?: string | null }>) =>
      followed(context, 'segmentMoves', {
        projection: 'rfm',
        after: args.after,
        readAfter: (position, limit) => readMovesAfter(context.services.pool, position, limit),
      }),
  })
  segmentMoves(
    @Root() move: SegmentMove,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after: string | null,
    @Ctx() context: OperationContext,
  ): SegmentMove {
    context.renew();
    return move;
  }

  @Subscription(() => Order, {
    description: 'An order: as it is, if there is one of this id, then whenever it changed.',
    subscribe: ({ args, context }: Subscribing<{ id: string }>) => {
      checkId('id', args.id);
      return counted(context, 'orderChanged', (signal) => context.services.orderHub.watch(args.id, signal));
    },
  })
  async orderChanged(
    @Root() order: Order,
    @Arg('id', () => ID) _id: string,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Order> {
    context.renew();
    const parts = orderPartsOf(info);
    if (!parts.lines && !parts.history) return order;
    // Read for each push that asks for them: the hub would else keep the lines of all watched orders.
    return (await context.loadersOf(info).orders(parts).load(order.id)) ?? order;
  }

  @FieldResolver(() => Customer)
  customer(
    @Root() move: SegmentMove,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Customer> {
    return customerEdge(context, info, move.customerId);
  }
}

/** Follows a list from a position, or from where its read model stands now. */
async function followed<T>(
  context: OperationContext,
  name: string,
  list: Omit<FollowedList<T>, 'after'> & { after?: string | null },
): Promise<AsyncIterable<T>> {
  const { services } = context;
  const after = startPosition(list.after) ?? services.progress.current(list.projection)?.position ?? '';
  return counted(context, name, (signal) => follow({ ...list, after }, services, signal));
}

/** Counts a stream in the metrics while it runs. */
function counted<T>(
  { services }: OperationContext,
  name: string,
  generate: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncIterable<T> {
  const running = services.metrics.subscriptions.labels(name);
  return pullStream(async function* (signal) {
    running.inc();
    try {
      yield* generate(signal);
    } finally {
      running.dec();
    }
  });
}
