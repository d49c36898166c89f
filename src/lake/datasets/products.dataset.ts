import { type ChangeEventType, changeEventTypes } from '../../domain/event-roles';
import { amount, date, int, nullable, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { businessDay, envelope } from './sql/envelope';
import { fieldsOf, named } from './sql/values';

type ProductChange = ChangeEventType<'product'>;

const product = fieldsOf(changeEventTypes('product'));
const listed = fieldsOf(['ProductListed']);
const priced = fieldsOf(['ProductPriceChanged']);
const recategorised = fieldsOf(['ProductRecategorised']);

const CHANGES: Record<ProductChange, string> = {
  ProductListed: 'LISTED',
  ProductPriceChanged: 'PRICE',
  ProductRecategorised: 'CATEGORY',
};
const change = named(product.types, (type) => CHANGES[type]);
const category = fieldsOf(['ProductListed', 'ProductRecategorised']).text('category');
const price = fieldsOf(['ProductListed', 'ProductPriceChanged']).price('price');
const currency = fieldsOf(['ProductListed', 'ProductPriceChanged']).text('currency');

const columns = [
  string(1, 'product_id', product.text('productId'), 'the product'),
  int(
    2,
    'revision',
    envelope.revision,
    "place of the change in the product's stream, from 0: the listing; what changed nothing has a place, too",
  ),
  string(3, 'change', change, 'LISTED, PRICE or CATEGORY'),
  nullable(string(4, 'name', listed.text('name'), 'LISTED only')),
  nullable(string(5, 'category', category, 'new category')),
  nullable(string(6, 'previous_category', recategorised.text('previousCategory'), 'CATEGORY only')),
  nullable(amount(7, 'price', price, 'new price of one unit')),
  nullable(amount(8, 'previous_price', priced.price('previousPrice'), 'PRICE only')),
  nullable(string(9, 'currency', currency, 'ISO 4217 code of the prices')),
  timestamp(10, 'changed_at', envelope.occurredAt, 'when it changed'),
  string(11, 'position', envelope.position, 'place in the log of the event; compares as text'),
  date(12, 'change_date', businessDay, 'day of changed_at in the time zone of the store'),
] as const;

/** What is known of products, a row for each change. */
export const products = defineDataset({
  name: 'products',
  doc:
    'Every listing, change of price and change of category of a product. ' +
    'A column that a row does not change is null.',
  columns,
  partitionBy: [{ column: 'change_date', transform: 'month' }],
  key: ['product_id', 'revision'],
  eventTypes: product.types,
});
