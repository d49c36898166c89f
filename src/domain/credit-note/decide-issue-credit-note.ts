import { businessTime } from '../business-time';
import type { Occurred, SalesFacts } from '../decider';
import type { CreditNoteEvent } from '../event-roles';
import type { CreditNoteLine } from '../events';
import { storedExchangeRate } from '../exchange-rate';
import { fail, invalid, invalidField, ok, type Result } from '../failures';
import { amountLimit, lineAmount } from '../money';
import { salesContext } from '../order/order-state';
import { quantityProblem } from '../quantity';
import { NOTHING_GIVEN_BACK, refundedCharges } from '../refunded-charges';
import type { CreditNoteState } from './credit-note-state';

/** `currency` is a known one; decimals are in the notation of domain/money.ts. */
export interface IssueCreditNoteCommand {
  creditNoteId: string;
  /** undefined: a guest */
  customerId?: string;
  country: string;
  region?: string;
  currency: string;
  exchangeRate?: string;
  reason?: string;
  /** Unix milliseconds; now when absent */
  issuedAt?: number;
  /** none where only shipping or tax is given back */
  lines: CreditedLine[];
  /** what is given back of shipping and tax, in minor units; nothing when absent */
  shipping?: number;
  tax?: number;
}

export interface CreditedLine {
  productId: string;
  productName: string;
  category: string;
  unitPrice: string;
  /** units that came back, above zero */
  quantity: number;
}

export function decideIssueCreditNote(
  command: IssueCreditNoteCommand,
  state: CreditNoteState | undefined,
  facts: SalesFacts,
): Result<Occurred<CreditNoteEvent>[]> {
  const { creditNoteId, customerId = null, country, region = null, currency, reason = null } = command;
  if (state !== undefined) {
    const message = `Credit note ${creditNoteId} was issued before`;
    return fail({ code: 'ALREADY_EXISTS', message, path: ['creditNoteId'] });
  }
  const { shipping = 0, tax = 0 } = command;
  if (shipping < 0) return invalidField(['shipping'], 'must not be negative');
  if (tax < 0) return invalidField(['tax'], 'must not be negative');
  if (country === '') return invalidField(['country'], 'must not be empty');
  const time = businessTime(command.issuedAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  if (command.lines.length === 0 && shipping === 0 && tax === 0)
    return invalidField(['lines'], NOTHING_GIVEN_BACK);
  const priced = priceLines(command.lines, currency);
  if (!priced.ok) return priced;
  const { lines, amount } = priced.value;
  const total = amount + shipping + tax;
  if (total >= amountLimit(currency)) return invalid([], "The credit note's total is too large");
  const rate = storedExchangeRate(command.exchangeRate, currency, facts.reportingCurrency, [total]);
  if (!rate.ok) return rate;

  const context = salesContext({ customerId, country, region, currency, exchangeRate: rate.value });
  const data = { creditNoteId, ...context, reason, lines, amount, ...refundedCharges(shipping, tax) };
  return ok([{ type: 'CreditNoteIssued', data, occurredAt: time.value }]);
}

function priceLines(
  credited: CreditedLine[],
  currency: string,
): Result<{ lines: CreditNoteLine[]; amount: number }> {
  const lines: CreditNoteLine[] = [];
  const limit = amountLimit(currency);
  let sum = 0;
  for (const [index, line] of credited.entries()) {
    const { productId, productName, category, unitPrice, quantity } = line;
    const refuse = (field: string, message: string) => invalidField(['lines', String(index), field], message);
    const problem = quantityProblem(quantity);
    if (problem !== undefined) return refuse('quantity', problem);
    if (unitPrice.startsWith('-')) return refuse('unitPrice', 'must not be negative');
    const amount = lineAmount(unitPrice, quantity, currency);
    if (amount === undefined) return refuse('unitPrice', 'times the quantity is too large an amount');
    sum += amount;
    if (sum >= limit) return invalidField(['lines'], 'add up to too large an amount');
    lines.push({ lineNumber: index + 1, productId, productName, category, quantity, amount, unitPrice });
  }
  return ok({ lines, amount: sum });
}
