import { decideShipOrder, type ShipOrderCommand } from '../domain/order/decide-ship-order';
import { orders } from './aggregates';
import { defineCommand } from './handle';
import { normaliseOrderStep, type OrderStep } from './order-step';

export interface ShipOrder extends OrderStep {
  carrier?: string | null;
  trackingNumber?: string | null;
}

export const shipOrder = defineCommand({
  name: 'ShipOrder',
  aggregate: orders,
  normalise: (input: ShipOrder, check): ShipOrderCommand => ({
    ...normaliseOrderStep(check, input),
    carrier: check.optionalName('carrier', input.carrier),
    trackingNumber: check.optionalName('trackingNumber', input.trackingNumber),
  }),
  id: (command) => command.orderId,
  decide: decideShipOrder,
});
