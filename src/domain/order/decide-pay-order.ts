import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../event-roles';
import { fail, invalidField, ok, type Result } from '../failures';
import { amountInWords, parseAmount } from '../money';
import { decideTransition, type OrderCommand } from './order-progress';
import { amountLeft, type OrderState } from './order-state';

export interface PayOrderCommand extends OrderCommand {
  /** decimal string; when given it must be the order's total, less what came back of it */
  amount?: string;
  /** when given it must be the order's currency */
  currency?: string;
}

export function decidePayOrder(
  command: PayOrderCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  return decideTransition(command, state, facts, {
    from: 'PLACED',
    what: 'paid',
    event: (order) => paid(command, order),
  });
}

function paid({ amount, currency }: PayOrderCommand, order: OrderState): Result<OrderEvent> {
  const { orderId, customerId } = order;
  if (currency !== undefined && currency !== order.currency) {
    return fail({
      code: 'CURRENCY_MISMATCH',
      message: `Order ${orderId} is in ${order.currency}, not in ${currency}`,
      path: ['currency'],
      expected: order.currency,
      actual: currency,
    });
  }
  const left = amountLeft(order);
  if (amount !== undefined && parseAmount(amount, order.currency) !== left) {
    const money = (minor: number) => amountInWords(minor, order.currency);
    const total = `the order's total of ${money(order.total)}`;
    const expected = left === order.total ? total : `${money(left)}, ${total} less what came back`;
    return invalidField(['amount'], `must be ${expected}`);
  }
  return ok({ type: 'OrderPaid', data: { orderId, customerId } });
}
