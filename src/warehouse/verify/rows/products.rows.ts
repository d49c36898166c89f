import type { ChangeEventType } from '../../../domain/event-roles';
import type { StoreConfigured } from '../../../domain/events';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import { products } from '../../../lake/datasets/products.dataset';
import { type RowIn, rowsFor } from './rows-for';
import { configured } from './sales';
import { businessDay, priceOf } from './values';

type Row = RowIn<typeof products>;
type ProductEvent = RecordedEvent<ChangeEventType<'product'>>;

export const productRows = rowsFor(products, (event, settings) => [productRow(event, configured(settings))]);

const productRow = (event: ProductEvent, { timeZone }: StoreConfigured): Row => ({
  product_id: event.data.productId,
  revision: event.revision,
  ...changeColumns(event),
  changed_at: event.occurredAt,
  position: event.position,
  change_date: businessDay(event.occurredAt, timeZone),
});

type Change = Pick<
  Row,
  'change' | 'name' | 'category' | 'previous_category' | 'price' | 'previous_price' | 'currency'
>;

function changeColumns(event: ProductEvent): Change {
  const unchanged = {
    name: null,
    category: null,
    previous_category: null,
    price: null,
    previous_price: null,
    currency: null,
  };
  switch (event.type) {
    case 'ProductListed': {
      const { name, category, price, currency } = event.data;
      return { ...unchanged, change: 'LISTED', name, category, price: priceOf(price), currency };
    }
    case 'ProductPriceChanged': {
      const { price, previousPrice, currency } = event.data;
      return {
        ...unchanged,
        change: 'PRICE',
        price: priceOf(price),
        previous_price: priceOf(previousPrice),
        currency,
      };
    }
    case 'ProductRecategorised': {
      const { category, previousCategory } = event.data;
      return { ...unchanged, change: 'CATEGORY', category, previous_category: previousCategory };
    }
    default:
      return unreachable(event);
  }
}
