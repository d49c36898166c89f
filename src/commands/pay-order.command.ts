import { decidePayOrder, type PayOrderCommand } from '../domain/order/decide-pay-order';
import { orders } from './aggregates';
import { defineCommand } from './handle';
import { normaliseOrderStep, type OrderStep } from './order-step';

export interface PayOrder extends OrderStep {
  /** decimal string; when given it must be the order's total, less what came back of it */
  amount?: string | null;
  /** when given it must be the order's currency */
  currency?: string | null;
}

export const payOrder = defineCommand({
  name: 'PayOrder',
  aggregate: orders,
  normalise: (input: PayOrder, check): PayOrderCommand => ({
    ...normaliseOrderStep(check, input),
    amount: check.optionalDecimal('amount', input.amount),
    currency: check.optionalCurrency('currency', input.currency),
  }),
  id: (command) => command.orderId,
  decide: decidePayOrder,
});
