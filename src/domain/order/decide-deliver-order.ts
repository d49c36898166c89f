import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../events';
import { ok, type Result } from '../failures';
import { existing, illegal, laterTime, type OrderCommand } from './order-progress';
import type { OrderState } from './order-state';

export function decideDeliverOrder(
  command: OrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  const found = existing(state, command.orderId);
  if (!found.ok) return found;
  const order = found.value;
  if (order.status !== 'SHIPPED') return illegal(order, 'delivered');
  const time = laterTime(command, order, facts);
  if (!time.ok) return time;
  const data = { orderId: order.orderId, customerId: order.customerId };
  return ok([{ type: 'OrderDelivered', data, occurredAt: time.value }]);
}
