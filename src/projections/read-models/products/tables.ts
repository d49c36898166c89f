import { int4, nullable, type Table, text, timestamptz } from '../../../postgres/table';

/** One row a listed product. `schema.sql` says what each column is. */
export const productsTable = {
  name: 'products',
  columns: {
    product_id: text,
    revision: int4,
    name: text,
    category: text,
    category_from: nullable(timestamptz),
    price: text,
    price_from: nullable(timestamptz),
    currency: text,
    updated_position: text,
  },
} satisfies Table;

/** The newest name of each product, listed or not. */
export const productNamesTable = {
  name: 'product_names',
  columns: { product_id: text, name: text, named_at: timestamptz, position: text, line_number: int4 },
} satisfies Table;
