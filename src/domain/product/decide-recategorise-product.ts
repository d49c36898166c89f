import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { ProductEvent } from '../event-roles';
import { fail, ok, type Result } from '../failures';
import { timeOfChange, valueAt } from '../timeline';
import type { ProductState } from './product-state';

export interface RecategoriseProductCommand {
  productId: string;
  category: string;
  /** Unix milliseconds; now when absent */
  occurredAt?: number;
}

/** Decides that nothing changed when the product is in that category already, at the time of the change. */
export function decideRecategoriseProduct(
  command: RecategoriseProductCommand,
  state: ProductState | undefined,
  facts: Facts,
): Result<Occurred<ProductEvent>[]> {
  const { productId, category } = command;
  if (state === undefined) {
    return fail({ code: 'NOT_FOUND', message: `There is no product ${productId}`, path: ['productId'] });
  }
  const time = businessTime(command.occurredAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  const occurredAt = command.occurredAt ?? timeOfChange(facts.now, state.category);
  const previousCategory = valueAt(state.category, occurredAt);
  if (category === previousCategory) {
    return ok([{ type: 'ProductUnchanged', data: { productId }, occurredAt }]);
  }
  const data = { productId, category, previousCategory };
  return ok([{ type: 'ProductRecategorised', data, occurredAt }]);
}
