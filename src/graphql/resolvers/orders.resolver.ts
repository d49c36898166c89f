import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import { OperationContext } from '../context';
import { ConsistencyInput } from '../inputs/consistency.input';
import { OrderFilter } from '../inputs/order-filter.input';
import { isPlacedKey, pageOf } from '../queries/cursor';
import { readOrderPage } from '../queries/orders.query';
import { Customer } from '../types/customer.type';
import { Order, OrderConnection } from '../types/order.type';
import { checkId } from './arguments';
import { awaitConsistency } from './consistency';
import { customerEdge } from './edges';
import { PageArgs } from './page.args';
import { orderPartsOf } from './selection';

@Resolver(() => Order)
export class OrdersResolver {
  @Query(() => Order, { nullable: true, description: 'An order; null when there is none of this id.' })
  async order(
    @Arg('id', () => ID) id: string,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Order | null> {
    checkId('id', id);
    await awaitConsistency(context, info, consistency, 'orders');
    return context.loadersOf(info).orders(orderPartsOf(info)).load(id);
  }

  @Query(() => OrderConnection, {
    description: 'Orders by placedAt, the last one first; of two of one time the one that came later.',
  })
  async orders(
    @Arg('filter', () => OrderFilter, { nullable: true }) filter: OrderFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('consistency', () => ConsistencyInput, { nullable: true }) consistency: ConsistencyInput | null,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<OrderConnection> {
    checkId('filter.customerId', filter?.customerId);
    const page = pageOf(args, isPlacedKey);
    const parts = orderPartsOf(info);
    await awaitConsistency(context, info, consistency, 'orders');
    return readOrderPage(context.services.pool, filter ?? {}, page, parts, context.budget);
  }

  @FieldResolver(() => Customer, { nullable: true, description: 'null for a guest.' })
  async customer(
    @Root() order: Order,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Customer | null> {
    return order.customerId === null ? null : customerEdge(context, info, order.customerId);
  }
}
