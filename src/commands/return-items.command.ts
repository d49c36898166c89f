import { decideReturnItems, type ReturnItemsCommand } from '../domain/order/decide-return-items';
import { orders } from './aggregates';
import { defineCommand } from './handle';
import { normaliseOrderStep, type OrderStep } from './order-step';

export interface ReturnItems extends OrderStep {
  reason?: string | null;
  /** may be empty where shipping or tax is given back */
  lines: ReturnItemsLine[];
  /**
   * decimal strings in the order's currency: what is given back of its shipping and tax; nothing when absent
   */
  shipping?: string | null;
  tax?: string | null;
}

export interface ReturnItemsLine {
  productId: string;
  /** units that come back, a whole number above zero */
  quantity: number;
}

export const returnItems = defineCommand({
  name: 'ReturnItems',
  aggregate: orders,
  normalise: (input: ReturnItems, check): ReturnItemsCommand => ({
    ...normaliseOrderStep(check, input),
    reason: check.reason('reason', input.reason),
    lines: check.each('lines', input.lines, (line) => ({
      productId: check.id('productId', line.productId),
      quantity: check.number('quantity', line.quantity),
    })),
    shipping: check.optionalDecimal('shipping', input.shipping),
    tax: check.optionalDecimal('tax', input.tax),
  }),
  id: (command) => command.orderId,
  decide: decideReturnItems,
});
