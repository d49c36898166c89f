import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { ProductEvent } from '../event-roles';
import { fail, invalidField, ok, type Result } from '../failures';
import { parseUnitPrice, unitPriceProblem } from '../money';
import { timeOfChange, valueAt } from '../timeline';
import type { ProductState } from './product-state';

export interface ChangeProductPriceCommand {
  productId: string;
  /** plain decimal string */
  price: string;
  /** when given it must be the product's currency */
  currency?: string;
  /** Unix milliseconds; now when absent */
  occurredAt?: number;
}

/** Decides that nothing changed when the product has that price already, at the time of the change. */
export function decideChangeProductPrice(
  command: ChangeProductPriceCommand,
  state: ProductState | undefined,
  facts: Facts,
): Result<Occurred<ProductEvent>[]> {
  const { productId } = command;
  if (state === undefined) {
    return fail({ code: 'NOT_FOUND', message: `There is no product ${productId}`, path: ['productId'] });
  }
  const { currency } = state;
  if (command.currency !== undefined && command.currency !== currency) {
    return fail({
      code: 'CURRENCY_MISMATCH',
      message: `Product ${productId} is priced in ${currency}, not in ${command.currency}`,
      path: ['currency'],
      expected: currency,
      actual: command.currency,
    });
  }
  const price = parseUnitPrice(command.price, currency);
  if (price === undefined) return invalidField(['price'], unitPriceProblem(command.price, currency));
  if (price.startsWith('-')) return invalidField(['price'], 'must not be negative');
  const time = businessTime(command.occurredAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  const occurredAt = command.occurredAt ?? timeOfChange(facts.now, state.price);
  const previousPrice = valueAt(state.price, occurredAt);
  if (price === previousPrice) return ok([{ type: 'ProductUnchanged', data: { productId }, occurredAt }]);
  const data = { productId, price, previousPrice, currency };
  return ok([{ type: 'ProductPriceChanged', data, occurredAt }]);
}
