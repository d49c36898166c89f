import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../event-roles';
import type { CancelledLine, OrderLine } from '../events';
import { ok, type Result } from '../failures';
import { existing, illegal, laterTime, type OrderCommand } from './order-progress';
import { type LineReturns, type OrderState, returnsOf, salesContext } from './order-state';

export interface CancelOrderCommand extends OrderCommand {
  reason?: string;
}

/**
 * Cancels an order that is not shipped yet, also after returns. The event reverses all that the order has
 * posted.
 */
export function decideCancelOrder(
  command: CancelOrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  const found = existing(state, command.orderId);
  if (!found.ok) return found;
  const order = found.value;
  if (order.status !== 'PLACED' && order.status !== 'PAID') return illegal(order, 'cancelled');
  const time = laterTime(command, order, facts);
  if (!time.ok) return time;
  const { orderId, orderedAt, gross, discounts, returns, total } = order;
  const data = {
    orderId,
    ...salesContext(order),
    orderedAt,
    reason: command.reason ?? null,
    lines: order.lines.map((line) => cancelledLine(line, returnsOf(order, line))),
    gross,
    discounts,
    returns,
    total,
  };
  return ok([{ type: 'OrderCancelled', data, occurredAt: time.value }]);
}

function cancelledLine(line: OrderLine, returns: LineReturns): CancelledLine {
  const { lineNumber, productId, productName, category, quantity, gross, discount } = line;
  return {
    lineNumber,
    productId,
    productName,
    category,
    quantity,
    gross,
    discount,
    returned: returns.amount,
    returnedQuantity: returns.quantity,
  };
}
