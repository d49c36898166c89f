import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../events';
import { ok, type Result } from '../failures';
import { existing, illegal, laterTime, type OrderCommand } from './order-progress';
import type { OrderState } from './order-state';

export interface ShipOrderCommand extends OrderCommand {
  carrier?: string;
  trackingNumber?: string;
}

export function decideShipOrder(
  command: ShipOrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  const found = existing(state, command.orderId);
  if (!found.ok) return found;
  const order = found.value;
  if (order.status !== 'PAID') return illegal(order, 'shipped');
  const time = laterTime(command, order, facts);
  if (!time.ok) return time;
  const { carrier, trackingNumber } = command;
  const data = {
    orderId: order.orderId,
    customerId: order.customerId,
    ...(carrier === undefined ? {} : { carrier }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
  };
  return ok([{ type: 'OrderShipped', data, occurredAt: time.value }]);
}
