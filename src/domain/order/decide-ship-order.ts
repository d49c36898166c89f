import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../events';
import { ok, type Result } from '../failures';
import { decideTransition, type OrderCommand } from './order-progress';
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
  const { carrier, trackingNumber } = command;
  return decideTransition(command, state, facts, {
    from: 'PAID',
    what: 'shipped',
    event({ orderId, customerId }) {
      const data = {
        orderId,
        customerId,
        ...(carrier === undefined ? {} : { carrier }),
        ...(trackingNumber === undefined ? {} : { trackingNumber }),
      };
      return ok({ type: 'OrderShipped', data });
    },
  });
}
