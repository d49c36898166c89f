import type { RecordedEvent } from '../../event-store/event';
import { EventRefusedError } from '../event-refused-error';
import type { Fold, Projection, ProjectionClient } from '../projection';
import { projectionSql } from '../projection-sql';
import { loadProducts, type Product, saveProducts } from './product-statements';

const TYPES = ['ProductListed', 'ProductPriceChanged', 'ProductRecategorised', 'ProductUnchanged'] as const;

type ProductEvent = RecordedEvent<(typeof TYPES)[number]>;

/** One row a listed product, as its stream has left it. */
export const products: Projection = {
  name: 'products',
  version: 2,
  eventTypes: TYPES,
  ordering: 'per-key',
  tables: ['products'],
  ...projectionSql(__dirname),
  open: async () => new ProductsFold(),
};

class ProductsFold implements Fold {
  async apply(client: ProjectionClient, events: RecordedEvent[]): Promise<void> {
    const own = events.filter(isProductEvent);
    if (own.length === 0) return;
    const listed = await loadProducts(client, new Set(own.map((event) => event.data.productId)));
    for (const event of own) {
      const { productId } = event.data;
      listed.set(productId, evolve(listed.get(productId), event));
    }
    await saveProducts(client, listed);
  }
}

function isProductEvent(event: RecordedEvent): event is ProductEvent {
  return (TYPES as readonly string[]).includes(event.type);
}

function evolve(before: Product | undefined, event: ProductEvent): Product {
  const at = { revision: event.revision, updatedPosition: event.position };
  if (event.type === 'ProductListed') {
    const { name, category, price, currency } = event.data;
    return { name, category, price, currency, ...at };
  }
  if (!before) throw new EventRefusedError(event, `there is no product ${event.data.productId}`);
  if (event.type === 'ProductPriceChanged') {
    const { price, currency } = event.data;
    return { ...before, price, currency, ...at };
  }
  if (event.type === 'ProductRecategorised') return { ...before, category: event.data.category, ...at };
  return { ...before, ...at };
}
