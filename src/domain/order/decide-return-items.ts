import type { Facts, Occurred } from '../decider';
import type { OrderEvent, OrderLine, OrderReturnedLine } from '../events';
import { fail, invalidField, ok, type Result } from '../failures';
import { shareOf } from '../money';
import { quantityProblem } from '../quantity';
import { existing, illegal, laterTime, type OrderCommand } from './order-progress';
import { type LineReturns, type OrderState, returnsOf, salesContext } from './order-state';

export interface ReturnItemsCommand extends OrderCommand {
  reason?: string;
  lines: { productId: string; quantity: number }[];
}

/**
 * Takes units of an order back. Shipment is no condition: counter sales and imported history have none.
 * A product's units come off the order's lines of it in their order.
 */
export function decideReturnItems(
  command: ReturnItemsCommand,
  state: OrderState | undefined,
  facts: Facts,
): Result<Occurred<OrderEvent>[]> {
  const found = existing(state, command.orderId);
  if (!found.ok) return found;
  const order = found.value;
  if (order.status === 'CANCELLED') return illegal(order, 'returned');
  const time = laterTime(command, order, facts);
  if (!time.ok) return time;
  const wanted = unitsByProduct(command.lines, order);
  if (!wanted.ok) return wanted;

  const lines: OrderReturnedLine[] = [];
  let amount = 0;
  for (const line of order.lines) {
    const open = wanted.value.get(line.productId) ?? 0;
    const before = returnsOf(order, line);
    const units = Math.min(open, line.quantity - before.quantity);
    if (units === 0) continue;
    wanted.value.set(line.productId, open - units);
    const returned = returnedLine(line, before, units);
    lines.push(returned);
    amount += returned.amount;
  }
  const { orderId, orderedAt } = order;
  const reason = command.reason ?? null;
  const data = { orderId, ...salesContext(order), orderedAt, reason, lines, amount };
  return ok([{ type: 'OrderItemsReturned', data, occurredAt: time.value }]);
}

/** How many units of each product are to come back; refused where the order has not that many left. */
function unitsByProduct(lines: ReturnItemsCommand['lines'], order: OrderState): Result<Map<string, number>> {
  if (lines.length === 0) return invalidField(['lines'], 'must have at least one line');
  const bought = new Map<string, { purchased: number; alreadyReturned: number }>();
  for (const line of order.lines) {
    const product = bought.get(line.productId) ?? { purchased: 0, alreadyReturned: 0 };
    product.purchased += line.quantity;
    product.alreadyReturned += returnsOf(order, line).quantity;
    bought.set(line.productId, product);
  }
  const wanted = new Map<string, number>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    const path = ['lines', String(index)];
    const problem = quantityProblem(quantity);
    if (problem !== undefined) return invalidField([...path, 'quantity'], problem);
    const product = bought.get(productId);
    if (product === undefined) {
      const message = `Order ${order.orderId} has no product ${productId}`;
      return fail({ code: 'NOT_FOUND', message, path: [...path, 'productId'] });
    }
    const requested = (wanted.get(productId) ?? 0) + quantity;
    if (requested > product.purchased - product.alreadyReturned) {
      return fail({
        code: 'RETURN_EXCEEDS_PURCHASE',
        message: `${requested} of ${productId} cannot be returned: ${product.purchased} were bought, ${product.alreadyReturned} have come back`,
        path: [...path, 'quantity'],
        productId,
        ...product,
        requested,
      });
    }
    wanted.set(productId, requested);
  }
  return ok(wanted);
}

/** Shares are rounded as they accumulate, so that the returns of a whole line add up to exactly what was paid for it. */
function returnedLine(line: OrderLine, before: LineReturns, units: number): OrderReturnedLine {
  const { lineNumber, productId, productName, category } = line;
  const after = shareOf(line.gross - line.discount, before.quantity + units, line.quantity);
  const amount = after - before.amount;
  return {
    lineNumber,
    productId,
    productName,
    category,
    quantity: units,
    amount,
    returnedBefore: before.amount,
  };
}
