import type { Occurred } from '../decider';
import { eventsOf, streamEventTypes } from '../event-roles';
import { changedFrom, type Timeline, timelineFrom } from '../timeline';
import { unreachable } from '../unreachable';

export interface ProductState {
  productId: string;
  name: string;
  currency: string;
  category: Timeline<string>;
  /** decimal string */
  price: Timeline<string>;
}

const isProductEvent = eventsOf(streamEventTypes('product'));

/** Events of other streams leave the product as it is. */
export function evolveProduct(state: ProductState | undefined, event: Occurred): ProductState | undefined {
  if (!isProductEvent(event)) return state;
  const { occurredAt } = event;
  switch (event.type) {
    case 'ProductListed': {
      const { category, price, ...product } = event.data;
      return { ...product, category: timelineFrom(category), price: timelineFrom(price) };
    }
    case 'ProductPriceChanged':
      return state && { ...state, price: changedFrom(state.price, occurredAt, event.data.price) };
    case 'ProductRecategorised':
      return state && { ...state, category: changedFrom(state.category, occurredAt, event.data.category) };
    case 'ProductUnchanged':
      return state;
    default:
      return unreachable(event);
  }
}
