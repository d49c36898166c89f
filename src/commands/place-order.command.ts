import { decidePlaceOrder, type PlaceOrderCommand } from '../domain/order/decide-place-order';
import { orders } from './aggregates';
import { defineCommand } from './handle';
import type { InputCheck } from './input-check';
import { normaliseSalesLine, type SalesLineInput } from './sales-line';

/** Amounts are decimal strings in `currency`. */
export interface PlaceOrder {
  idempotencyKey: string;
  orderId: string;
  /** null or absent: a guest */
  customerId?: string | null;
  country: string;
  region?: string | null;
  /** ISO 4217 */
  currency: string;
  /** decimal string: reporting units for one unit of `currency` */
  exchangeRate?: string | null;
  /** Unix milliseconds; now when absent */
  placedAt?: number | null;
  lines: PlaceOrderLine[];
  /** 0 when absent, as is tax */
  shipping?: string | null;
  tax?: string | null;
}

export interface PlaceOrderLine extends SalesLineInput {
  /** of the whole line; 0 when absent */
  discount?: string | null;
}

export const placeOrder = defineCommand({
  name: 'PlaceOrder',
  aggregate: orders,
  begins: true,
  normalise(input: PlaceOrder, check): PlaceOrderCommand {
    const currency = check.currency('currency', input.currency);
    return {
      orderId: check.id('orderId', input.orderId),
      customerId: check.optionalId('customerId', input.customerId),
      country: check.name('country', input.country),
      region: check.optionalName('region', input.region),
      currency,
      exchangeRate: check.exchangeRate('exchangeRate', input.exchangeRate),
      placedAt: check.optionalTime('placedAt', input.placedAt),
      lines: check.each('lines', input.lines, (line) => normaliseLine(check, line, currency)),
      shipping: check.optionalAmount('shipping', input.shipping, currency),
      tax: check.optionalAmount('tax', input.tax, currency),
    };
  },
  id: (command) => command.orderId,
  salesCurrency: (command) => command.currency,
  decide: decidePlaceOrder,
});

function normaliseLine(check: InputCheck, line: PlaceOrderLine, currency: string) {
  const discount = check.optionalAmount('discount', line.discount, currency);
  return { ...normaliseSalesLine(check, line, currency), discount };
}
