import { type ChangeEventType, changeEventTypes } from '../../domain/event-roles';
import { unreachable } from '../../domain/unreachable';
import type { RecordedEvent } from '../../event-store/event';
import type { RowOf } from '../columns/table-definition';
import { amount, date, int, nullable, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { configured } from './sales';
import { businessDay, priceOf } from './values';

type ProductEvent = RecordedEvent<ChangeEventType<'product'>>;

const columns = [
  string(1, 'product_id', 'the product'),
  int(
    2,
    'revision',
    "place of the change in the product's stream, from 0: the listing; what changed nothing has a place, too",
  ),
  string(3, 'change', 'LISTED, PRICE or CATEGORY'),
  nullable(string(4, 'name', 'LISTED only')),
  nullable(string(5, 'category', 'new category')),
  nullable(string(6, 'previous_category', 'CATEGORY only')),
  nullable(amount(7, 'price', 'new price of one unit')),
  nullable(amount(8, 'previous_price', 'PRICE only')),
  nullable(string(9, 'currency', 'ISO 4217 code of the prices')),
  timestamp(10, 'changed_at', 'when it changed'),
  string(11, 'position', 'place in the log of the event; compares as text'),
  date(12, 'change_date', 'day of changed_at in the time zone of the store'),
] as const;

type Row = RowOf<typeof columns>;

/** What is known of products, a row for each change. */
export const products = defineDataset({
  name: 'products',
  doc:
    'Every listing, change of price and change of category of a product. ' +
    'A column that a row does not change is null.',
  columns,
  partitionBy: [{ column: 'change_date', transform: 'month' }],
  key: ['product_id', 'revision'],
  eventTypes: changeEventTypes('product'),
  rows: (event, settings) => [
    {
      product_id: event.data.productId,
      revision: event.revision,
      ...changeColumns(event),
      changed_at: event.occurredAt,
      position: event.position,
      change_date: businessDay(event.occurredAt, configured(settings).timeZone),
    },
  ],
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
