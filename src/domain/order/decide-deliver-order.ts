import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../event-roles';
import { ok, type Result } from '../failures';
import { decideTransition, type OrderCommand } from './order-progress';
import type { OrderState } from './order-state';

export function decideDeliverOrder(
  command: OrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  return decideTransition(command, state, facts, {
    from: 'SHIPPED',
    what: 'delivered',
    event: ({ orderId, customerId }) => ok({ type: 'OrderDelivered', data: { orderId, customerId } }),
  });
}
