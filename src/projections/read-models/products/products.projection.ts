import { eventsOf, type StreamEventType, streamEventTypes } from '../../../domain/event-roles';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { isCurrent } from '../is-current';
import { projectionSql } from '../projection-sql';
import { NAMING_DOCUMENTS, ProductNames } from './product-names';
import { loadProducts, type Product, saveProducts } from './product-statements';

const EVENT_TYPES = [...streamEventTypes('product'), ...NAMING_DOCUMENTS];
type Taken = (typeof EVENT_TYPES)[number];
type ProductEvent = RecordedEvent<StreamEventType<'product'>>;

const isProductEvent = eventsOf(streamEventTypes('product'));
const namesProducts = eventsOf(['ProductListed', ...NAMING_DOCUMENTS]);

/** One row a listed product, as its stream has left it, and the names that products go by today. */
export const products: Projection<Taken> = {
  name: 'products',
  version: 3,
  eventTypes: EVENT_TYPES,
  ordering: 'per-key',
  tables: ['products', 'product_names'],
  ...projectionSql(__dirname),
  open: async () => new ProductsFold(),
};

class ProductsFold implements Fold<Taken> {
  async apply(client: ProjectionClient, events: RecordedEvent<Taken>[]): Promise<void> {
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

function evolve(before: Product | undefined, event: ProductEvent): Product {
  const at = { revision: event.revision, updatedPosition: event.position };
  if (event.type === 'ProductListed') {
    const { name, category, price, currency } = event.data;
    return { name, category, categoryFrom: null, price, priceFrom: null, currency, ...at };
  }
  if (!before) throw new EventRefusedError(event, `there is no product ${event.data.productId}`);
  const after = { ...before, ...at };
  const { occurredAt: from } = event;
  switch (event.type) {
    case 'ProductPriceChanged': {
      const { price, currency } = event.data;
      return isCurrent(from, before.priceFrom) ? { ...after, price, priceFrom: from, currency } : after;
    }
    case 'ProductRecategorised': {
      const { category } = event.data;
      return isCurrent(from, before.categoryFrom) ? { ...after, category, categoryFrom: from } : after;
    }
    case 'ProductUnchanged':
      return after;
    default:
      return unreachable(event);
  }
}
