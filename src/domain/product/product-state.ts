import type { Occurred } from '../decider';
import type { ProductListed } from '../events';

export type ProductState = ProductListed;

export function evolveProduct(state: ProductState | undefined, event: Occurred): ProductState | undefined {
  if (event.type === 'ProductListed') return event.data;
  if (state === undefined) return undefined;
  if (event.type === 'ProductPriceChanged') return { ...state, price: event.data.price };
  if (event.type === 'ProductRecategorised') return { ...state, category: event.data.category };
  return state;
}
