import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../event-roles';
import { fail, ok, type Result } from '../failures';
import { decideTransition, type OrderCommand } from './order-progress';
import { cameBackWhole, type OrderState } from './order-state';

export interface ShipOrderCommand extends OrderCommand {
  carrier?: string;
  trackingNumber?: string;
}

export function decideShipOrder(
  command: ShipOrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  return decideTransition(command, state, facts, {
    from: 'PAID',
    what: 'shipped',
    event: (order) => shipped(command, order),
  });
}

function shipped({ carrier, trackingNumber }: ShipOrderCommand, order: OrderState): Result<OrderEvent> {
  const { orderId, customerId, status } = order;
  if (cameBackWhole(order)) {
    const message = `Order ${orderId} came back whole and cannot be shipped`;
    return fail({ code: 'ILLEGAL_TRANSITION', message, path: [], status });
  }
  const data = {
    orderId,
    customerId,
    ...(carrier === undefined ? {} : { carrier }),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
  };
  return ok({ type: 'OrderShipped', data });
}
