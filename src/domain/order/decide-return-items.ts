import type { Facts, Occurred } from '../decider';
import type { OrderEvent } from '../event-roles';
import type { OrderLine, OrderReturnedLine } from '../events';
import { fail, invalidField, ok, type Result } from '../failures';
import { amountProblem, formatAmount, parseAmount, shareOf } from '../money';
import { quantityProblem } from '../quantity';
import { NOTHING_GIVEN_BACK, refundedCharges } from '../refunded-charges';
import { existing, illegal, laterTime, type OrderCommand } from './order-progress';
import { type Charges, type LineReturns, type OrderState, returnsOf, salesContext } from './order-state';

export interface ReturnItemsCommand extends OrderCommand {
  reason?: string;
  /** none where only shipping or tax is given back */
  lines: { productId: string; quantity: number }[];
  /** decimal strings: what is given back of the order's shipping and tax */
  shipping?: string;
  tax?: string;
}

/**
 * Takes units of an order back, shipped or not: counter sales and imported history are never shipped. Units
 * of a product are taken off the first of its lines in the order, then off the next.
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
  const shipping = refundOf('shipping', command, order);
  if (!shipping.ok) return shipping;
  const tax = refundOf('tax', command, order);
  if (!tax.ok) return tax;
  if (command.lines.length === 0 && shipping.value === 0 && tax.value === 0)
    return invalidField(['lines'], NOTHING_GIVEN_BACK);
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
  const charges = refundedCharges(shipping.value, tax.value);
  return ok([{ type: 'OrderItemsReturned', data: { ...data, ...charges }, occurredAt: time.value }]);
}

/** What is given back of a charge, in minor units: no more than is left of it. */
function refundOf(
  charge: keyof Charges,
  command: ReturnItemsCommand,
  { orderId, currency, refunded, ...charged }: OrderState,
): Result<number> {
  const text = command[charge];
  if (text === undefined) return ok(0);
  const amount = parseAmount(text, currency);
  if (amount === undefined) return invalidField([charge], amountProblem(text, currency));
  if (amount < 0) return invalidField([charge], 'must not be negative');
  if (amount <= charged[charge] - refunded[charge]) return ok(amount);
  const money = (minor: number) => formatAmount(minor, currency);
  const figures = {
    charged: money(charged[charge]),
    alreadyRefunded: money(refunded[charge]),
    requestedAmount: money(amount),
    currency,
  };
  return fail({
    code: 'REFUND_EXCEEDS_CHARGE',
    message:
      `${figures.requestedAmount} ${currency} of ${charge} cannot be given back for order ${orderId}: ` +
      `${figures.charged} was charged, ${figures.alreadyRefunded} has been given back`,
    path: [charge],
    ...figures,
  });
}

/** How many units of each product are to come back; refused where the order has not that many left. */
function unitsByProduct(lines: ReturnItemsCommand['lines'], order: OrderState): Result<Map<string, number>> {
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
        message:
          `${requested} of ${productId} cannot be returned: ${product.purchased} were bought, ` +
          `${product.alreadyReturned} have come back`,
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

/**
 * Shares are rounded as they accumulate, so that the returns of a whole line add up to exactly what was paid
 * for it.
 */
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
