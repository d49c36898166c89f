import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../events';
import { fail, invalidField, ok, type Result } from '../failures';
import { formatAmount, parseAmount } from '../money';
import { existing, illegal, laterTime, type OrderCommand } from './order-progress';
import type { OrderState } from './order-state';

export interface PayOrderCommand extends OrderCommand {
  /** decimal string; when given it must be the order's total */
  amount?: string;
  /** when given it must be the order's currency */
  currency?: string;
}

export function decidePayOrder(
  command: PayOrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  const found = existing(state, command.orderId);
  if (!found.ok) return found;
  const order = found.value;
  if (order.status !== 'PLACED') return illegal(order, 'paid');
  if (command.currency !== undefined && command.currency !== order.currency) {
    return fail({
      code: 'CURRENCY_MISMATCH',
      message: `Order ${order.orderId} is in ${order.currency}, not in ${command.currency}`,
      path: ['currency'],
      expected: order.currency,
      actual: command.currency,
    });
  }
  if (command.amount !== undefined && parseAmount(command.amount, order.currency) !== order.total) {
    const total = formatAmount(order.total, order.currency);
    return invalidField(['amount'], `must be the order's total of ${total} ${order.currency}`);
  }
  const time = laterTime(command, order, facts);
  if (!time.ok) return time;
  const data = { orderId: order.orderId, customerId: order.customerId };
  return ok([{ type: 'OrderPaid', data, occurredAt: time.value }]);
}
