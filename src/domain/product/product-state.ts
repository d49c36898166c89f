import type { Occurred } from '../decider';
import { changedFrom, type Timeline, timelineFrom } from '../timeline';

export interface ProductState {
  productId: string;
  name: string;
  currency: string;
  category: Timeline<string>;
  /** decimal string */
  price: Timeline<string>;
}

export function evolveProduct(state: ProductState | undefined, event: Occurred): ProductState | undefined {
  const { occurredAt } = event;
  if (event.type === 'ProductListed') {
    const { category, price, ...product } = event.data;
    return { ...product, category: timelineFrom(category), price: timelineFrom(price) };
  }
  if (state === undefined) return undefined;
  if (event.type === 'ProductPriceChanged')
    return { ...state, price: changedFrom(state.price, occurredAt, event.data.price) };
  if (event.type === 'ProductRecategorised')
    return { ...state, category: changedFrom(state.category, occurredAt, event.data.category) };
  return state;
}
