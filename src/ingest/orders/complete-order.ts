import { createHash } from 'node:crypto';
import {
  type CommandContext,
  type CommandResult,
  cancelOrder,
  deliverOrder,
  type OrderSummary,
  payOrder,
  returnItems,
  shipOrder,
} from '../../commands';
import { orders } from '../../commands/aggregates';
import { loadStream } from '../../commands/load-stream';
import type { Failure } from '../../domain/failures';
import { formatAmount } from '../../domain/money';
import type { OrderState } from '../../domain/order/order-state';
import { importKey } from './import-key';
import { type LaterStep, type Lifecycle, missingSteps } from './lifecycle';

/** What was done to an order that is in the log. */
export type Completed = { steps: LaterStep[] } | { failure: Failure } | { isThere: false };

/**
 * Does to an order in the log what it lacks of its life as a file tells it. Each command has a key that
 * follows from the order and the step. So a run that was stopped, or runs beside another one, does nothing
 * twice.
 */
export async function completeOrder(
  context: CommandContext,
  orderId: string,
  lifecycle: Lifecycle,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Completed> {
  const { state } = await loadStream(context.store, orders.streamPrefix + orderId, orders.evolve, '');
  if (state === undefined) return { isThere: false };
  const steps = missingSteps(state, lifecycle);
  // A store that keeps nothing would refuse to ship what was not paid.
  for (const step of dryRun ? [] : steps) {
    const result = await doStep(context, state, step);
    if (!result.ok) return { failure: result.failure };
  }
  return { steps };
}

function doStep(
  context: CommandContext,
  order: OrderState,
  step: LaterStep,
): Promise<CommandResult<OrderSummary>> {
  const { orderId, currency } = order;
  const input = { idempotencyKey: importKey(orderId, keyOf(step)), orderId, occurredAt: step.at };
  switch (step.does) {
    case 'pay':
      return payOrder(context, input);
    case 'ship':
      return shipOrder(context, input);
    case 'deliver':
      return deliverOrder(context, input);
    case 'cancel':
      return cancelOrder(context, input);
    case 'return': {
      const { units, shipping, tax } = step.returned;
      const charge = (amount: number) => (amount === 0 ? undefined : formatAmount(amount, currency));
      const lines = units.map(({ productId, quantity }) => ({ productId, quantity }));
      return returnItems(context, { ...input, lines, shipping: charge(shipping), tax: charge(tax) });
    }
  }
}

/** An order has one of each step, but may have several returns: each brings it to another sum of them. */
function keyOf(step: LaterStep): string {
  if (step.does !== 'return') return step.does;
  return `return:${createHash('sha256').update(JSON.stringify(step.inAll)).digest('hex').slice(0, 16)}`;
}
