import { businessTime } from '../business-time';
import type { Occurred, SalesFacts } from '../decider';
import type { OrderEvent } from '../event-roles';
import type { OrderLine } from '../events';
import { storedExchangeRate } from '../exchange-rate';
import { fail, invalid, invalidField, ok, type Result } from '../failures';
import { amountLimit, lineAmount } from '../money';
import { quantityProblem } from '../quantity';
import { type OrderState, salesContext } from './order-state';

/**
 * Amounts are minor units of `currency`, which is a known one; decimals are in the notation of
 * domain/money.ts.
 */
export interface PlaceOrderCommand {
  orderId: string;
  /** undefined: a guest */
  customerId?: string;
  country: string;
  region?: string;
  currency: string;
  exchangeRate?: string;
  /** Unix milliseconds; now when absent */
  placedAt?: number;
  lines: OrderedLine[];
  shipping: number;
  tax: number;
}

export interface OrderedLine {
  productId: string;
  productName: string;
  category: string;
  unitPrice: string;
  quantity: number;
  discount: number;
}

export function decidePlaceOrder(
  command: PlaceOrderCommand,
  state: OrderState | undefined,
  facts: SalesFacts,
): Result<Occurred<OrderEvent>[]> {
  const { orderId, customerId = null, country, region = null, currency, shipping, tax } = command;
  if (state !== undefined) {
    return fail({ code: 'ALREADY_EXISTS', message: `Order ${orderId} was placed before`, path: ['orderId'] });
  }
  if (country === '') return invalidField(['country'], 'must not be empty');
  if (shipping < 0) return invalidField(['shipping'], 'must not be negative');
  if (tax < 0) return invalidField(['tax'], 'must not be negative');
  const time = businessTime(command.placedAt, facts.now, 'placedAt');
  if (!time.ok) return time;
  const priced = priceLines(command.lines, currency);
  if (!priced.ok) return priced;
  const { lines, gross, discounts } = priced.value;
  const total = gross - discounts + shipping + tax;
  if (total >= amountLimit(currency)) return invalid([], "The order's total is too large");
  const rate = storedExchangeRate(command.exchangeRate, currency, facts.reportingCurrency, [gross, total]);
  if (!rate.ok) return rate;

  const context = salesContext({ customerId, country, region, currency, exchangeRate: rate.value });
  const data = { orderId, ...context, lines, gross, discounts, shipping, tax, total };
  return ok([{ type: 'OrderPlaced', data, occurredAt: time.value }]);
}

function priceLines(
  ordered: OrderedLine[],
  currency: string,
): Result<{ lines: OrderLine[]; gross: number; discounts: number }> {
  if (ordered.length === 0) return invalidField(['lines'], 'must have at least one line');
  const lines: OrderLine[] = [];
  const limit = amountLimit(currency);
  let gross = 0;
  let discounts = 0;
  for (const [index, line] of ordered.entries()) {
    const { productId, productName, category, unitPrice, quantity, discount } = line;
    const refuse = (field: string, message: string) => invalidField(['lines', String(index), field], message);
    const problem = quantityProblem(quantity);
    if (problem !== undefined) return refuse('quantity', problem);
    if (unitPrice.startsWith('-')) return refuse('unitPrice', 'must not be negative');
    const amount = lineAmount(unitPrice, quantity, currency);
    if (amount === undefined) return refuse('unitPrice', 'times the quantity is too large an amount');
    if (discount < 0) return refuse('discount', 'must not be negative');
    if (discount > amount) return refuse('discount', "must not be above the line's amount");
    gross += amount;
    discounts += discount;
    // Checked as it grows: past this limit the sums of a long order would no longer be exact.
    if (gross >= limit) return invalidField(['lines'], 'add up to too large an amount');
    lines.push({
      lineNumber: index + 1,
      productId,
      productName,
      category,
      unitPrice,
      quantity,
      gross: amount,
      discount,
    });
  }
  return ok({ lines, gross, discounts });
}
