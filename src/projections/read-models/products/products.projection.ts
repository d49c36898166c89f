import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { isCurrent } from '../is-current';
import { projectionSql } from '../projection-sql';
import { type NamingEvent, ProductNames } from './product-names';
import { loadProducts, type Product, saveProducts } from './product-statements';

const TYPES = ['ProductListed', 'ProductPriceChanged', 'ProductRecategorised', 'ProductUnchanged'] as const;

type ProductEvent = RecordedEvent<(typeof TYPES)[number]>;

/** One row a listed product, as its stream has left it, and the names that products go by today. */
export const products: Projection = {
  name: 'products',
  version: 3,
  eventTypes: [...TYPES, 'OrderPlaced', 'CreditNoteIssued'],
  ordering: 'per-key',
  tables: ['products', 'product_names'],
  ...projectionSql(__dirname),
  open: async () => new ProductsFold(),
};

class ProductsFold implements Fold {
  async apply(client: ProjectionClient, events: RecordedEvent[]): Promise<void> {
    const own = events.filter(isProductEvent);
    if (own.length > 0) await foldOwn(client, own);
    const names = new ProductNames();
    for (const event of events) if (namesProducts(event)) names.note(event);
    await names.save(client);
  }
}

async function foldOwn(client: ProjectionClient, own: readonly ProductEvent[]): Promise<void> {
  const listed = await loadProducts(client, new Set(own.map((event) => event.data.productId)));
  for (const event of own) {
    const { productId } = event.data;
    listed.set(productId, evolve(listed.get(productId), event));
  }
  await saveProducts(client, listed);
}

const namesProducts = (event: RecordedEvent): event is NamingEvent =>
  event.type === 'ProductListed' || event.type === 'OrderPlaced' || event.type === 'CreditNoteIssued';

function isProductEvent(event: RecordedEvent): event is ProductEvent {
  return (TYPES as readonly string[]).includes(event.type);
}

function evolve(before: Product | undefined, event: ProductEvent): Product {
  const at = { revision: event.revision, updatedPosition: event.position };
  if (event.type === 'ProductListed') {
    const { name, category, price, currency } = event.data;
    return { name, category, categoryFrom: null, price, priceFrom: null, currency, ...at };
  }
  if (!before) throw new EventRefusedError(event, `there is no product ${event.data.productId}`);
  const { occurredAt: from } = event;
  if (event.type === 'ProductPriceChanged' && isCurrent(from, before.priceFrom)) {
    const { price, currency } = event.data;
    return { ...before, price, priceFrom: from, currency, ...at };
  }
  if (event.type === 'ProductRecategorised' && isCurrent(from, before.categoryFrom))
    return { ...before, category: event.data.category, categoryFrom: from, ...at };
  return { ...before, ...at };
}
