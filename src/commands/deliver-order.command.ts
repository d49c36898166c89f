import { decideDeliverOrder } from '../domain/order/decide-deliver-order';
import { orders } from './aggregates';
import { defineCommand } from './handle';
import { normaliseOrderStep, type OrderStep } from './order-step';

export type DeliverOrder = OrderStep;

export const deliverOrder = defineCommand({
  name: 'DeliverOrder',
  aggregate: orders,
  normalise: (input: DeliverOrder, check) => normaliseOrderStep(check, input),
  id: (command) => command.orderId,
  decide: decideDeliverOrder,
});
