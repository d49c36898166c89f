import { type CancelOrderCommand, decideCancelOrder } from '../domain/order/decide-cancel-order';
import { orders } from './aggregates';
import { defineCommand } from './handle';
import { normaliseOrderStep, type OrderStep } from './order-step';

export interface CancelOrder extends OrderStep {
  reason?: string | null;
}

export const cancelOrder = defineCommand({
  name: 'CancelOrder',
  aggregate: orders,
  normalise: (input: CancelOrder, check): CancelOrderCommand => ({
    ...normaliseOrderStep(check, input),
    reason: check.reason('reason', input.reason),
  }),
  id: (command) => command.orderId,
  decide: decideCancelOrder,
});
