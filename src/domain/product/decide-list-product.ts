import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { ProductEvent } from '../event-roles';
import { fail, invalidField, ok, type Result } from '../failures';
import type { ProductState } from './product-state';

export interface ListProductCommand {
  productId: string;
  name: string;
  category: string;
  /** unit price in the notation of domain/money.ts */
  price: string;
  currency: string;
  /** Unix milliseconds; now when absent */
  occurredAt?: number;
}

export function decideListProduct(
  command: ListProductCommand,
  state: ProductState | undefined,
  facts: Facts,
): Result<Occurred<ProductEvent>[]> {
  const { productId, name, category, price, currency } = command;
  if (state !== undefined) {
    const message = `Product ${productId} was listed before`;
    return fail({ code: 'ALREADY_EXISTS', message, path: ['productId'] });
  }
  if (price.startsWith('-')) return invalidField(['price'], 'must not be negative');
  const time = businessTime(command.occurredAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  const data = { productId, name, category, price, currency };
  return ok([{ type: 'ProductListed', data, occurredAt: time.value }]);
}
