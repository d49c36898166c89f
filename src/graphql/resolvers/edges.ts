import type { GraphQLResolveInfo } from 'graphql';
import { orders } from '../../commands/aggregates';
import type { Position } from '../../event-store/position';
import { partitionKeyOf } from '../../projections/progress/consistency-token';
import type { OperationContext } from '../context';
import { projectionLagging } from '../errors';
import { LIMITS } from '../limits';
import type { Customer } from '../types/customer.type';
import type { Order } from '../types/order.type';
import { asksOnlyFor, orderPartsOf } from './selection';

/**
 * The customer that an object names, which exists even while the customers' read model lags behind. A query
 * for the id alone runs no statement.
 */
export async function customerEdge(
  context: OperationContext,
  info: GraphQLResolveInfo,
  id: string,
): Promise<Customer> {
  const named: Customer = {
    id,
    name: null,
    email: null,
    country: null,
    region: null,
    registeredAt: null,
    revision: null,
    asOf: asOfCustomers(context),
  };
  if (asksOnlyFor(info, 'id')) return named;
  return (await context.loadersOf(info).customers.load(id)) ?? named;
}

function asOfCustomers({ services }: OperationContext) {
  const known = services.progress.current('customers');
  return { position: known?.position ?? '', time: known?.recordedAt ?? null };
}

/**
 * The order that was placed at a position of the log, which another read model shows already. A query for the
 * id alone runs no statement.
 * @throws GraphQLError PROJECTION_LAGGING when the orders' read model does not get there in time
 */
export async function orderEdge(
  context: OperationContext,
  info: GraphQLResolveInfo,
  id: string,
  position: Position,
): Promise<Pick<Order, 'id'>> {
  if (asksOnlyFor(info, 'id')) return { id };
  const { progress, stopping } = context.services;
  const timeoutMs = LIMITS.consistencyTimeoutMs.default;
  const key = partitionKeyOf(orders.streamPrefix + id);
  const passed = await progress.waitFor('orders', position, { timeoutMs, signal: stopping, key });
  const loader = context.loadersOf(info).orders(orderPartsOf(info));
  // The loader may have cached null before the read model had the order.
  const order = passed ? ((await loader.load(id)) ?? (await loader.clear(id).load(id))) : null;
  if (order) return order;
  throw projectionLagging('orders', position, progress.current('orders')?.position ?? null);
}
