import { int, nullable, text } from './columns';
import type { WarehouseColumn } from './table';

/** The columns that an order line and a returned line share. */
export const soldColumns: readonly WarehouseColumn[] = [
  text('customer_key', 'the customer as of then, in dim_customer; guest for guests'),
  text('product_key', 'the product as of then, in dim_product'),
  nullable(text('customer_id', 'the customer; null: a guest')),
  text('product_id', 'the product'),
  text('product_name', 'its name on the document'),
  text('category', 'its category on the document; the analytics go by this one'),
  text('country', 'where it was sold'),
  nullable(text('region', 'part of the country')),
  text('currency', 'ISO 4217 code of the amounts'),
  int('quantity', 'units'),
];

/** SQL for the key of a date in dim_date: yyyymmdd. */
export const dateKey = (date: string): string =>
  `YEAR(${date}) * 10000 + MONTH(${date}) * 100 + DAY(${date})`;
