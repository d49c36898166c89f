import { amount, flag, nullable, text, timestamp } from './columns';
import { type Dialect, instant } from './dialect';
import type { AffectedIds, DerivedTable } from './table';
import { BY_TIME, FIRST_INSTANT, NEWEST_FIRST, validity, versions } from './versions';

const affectedProducts: AffectedIds = {
  name: 'changed_products',
  column: 'product_id',
  datasets: ['products', 'order_lines', 'returns'],
  sql: ({ scratch }) => `
SELECT product_id FROM ${scratch('load_products')}
 UNION
SELECT product_id FROM ${scratch('load_order_lines')}
 UNION
SELECT product_id FROM ${scratch('load_returns')}`,
};

/**
 * Products, known by a listing or a sale. A change of category makes a new version. The name is the newest
 * that the catalogue, an order or a credit note gave. A document without a name has the id instead, and a
 * return only repeats its order, so neither counts. Read model `products` does the same.
 */
export const dimProduct: DerivedTable = {
  name: 'dim_product',
  doc: 'Products: name as it is today (type 1), a row for each category that they had (type 2), the price and the one before it (type 3).',
  columns: [
    text('product_key', 'product_id#revision of the change that began the version'),
    text('product_id', 'the product'),
    nullable(
      text('name', 'the last one that the catalogue, an order or a credit note gave; where none did, the id'),
    ),
    nullable(text('category', 'in this version; where never listed, that of the first sale')),
    nullable(amount('price', 'as of today; null: never listed')),
    nullable(amount('previous_price', 'before the last change; null: it never changed')),
    nullable(timestamp('price_since', 'when the price became what it is')),
    nullable(text('currency', 'ISO 4217 code of the prices')),
    timestamp('valid_from', 'inclusive; the first version begins in 1970, so that every sale has one'),
    timestamp('valid_to', 'exclusive; the year 9999 while it is true'),
    flag('is_current', 'the version of today'),
    nullable(timestamp('listed_at', 'null: only seen on orders')),
  ],
  key: ['product_key'],
  affected: affectedProducts,
  rows,
};

function rows(dialect: Dialect): string {
  const changed = dialect.scratch(affectedProducts.name);
  return `
WITH own AS (
  SELECT * FROM stg_products WHERE product_id IN (SELECT product_id FROM ${changed})
), moves AS (
  SELECT product_id, revision, changed_at, category FROM own WHERE revision > 0 AND category IS NOT NULL
   UNION ALL
  SELECT c.product_id, 0, ${instant(dialect, FIRST_INSTANT)}, o.category
    FROM ${changed} c LEFT JOIN own o ON o.product_id = c.product_id AND o.revision = 0
), states AS (
  SELECT product_id, revision, category, changed_at AS valid_from FROM moves
), ${versions('product_id', ['category'])}, priced AS (
  SELECT product_id, revision, price, changed_at, currency,
         LAG(price) OVER (PARTITION BY product_id ORDER BY ${BY_TIME}) AS previous_price
    FROM own WHERE price IS NOT NULL
), prices AS (
  SELECT product_id, price, previous_price, changed_at, currency FROM priced WHERE price IS DISTINCT FROM previous_price
 QUALIFY ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY ${NEWEST_FIRST}) = 1
), named AS (
  SELECT product_id, name, changed_at, position, 0 AS line_number FROM own WHERE name IS NOT NULL
   UNION ALL
  SELECT product_id, product_name, ordered_at, position, line_number FROM stg_order_lines
   WHERE product_id IN (SELECT product_id FROM ${changed})
   UNION ALL
  SELECT product_id, product_name, returned_at, position, line_number FROM stg_returns
   WHERE product_id IN (SELECT product_id FROM ${changed}) AND order_id IS NULL
), names AS (
  SELECT product_id, name FROM named WHERE name <> product_id
 QUALIFY ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY changed_at DESC, position DESC, line_number DESC) = 1
), seen AS (
  SELECT product_id, category
    FROM (SELECT product_id, category, position, line_number FROM stg_order_lines
           UNION ALL
          SELECT product_id, category, position, line_number FROM stg_returns) sales
   WHERE product_id IN (SELECT product_id FROM ${changed})
 QUALIFY ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY position, line_number) = 1
)
SELECT v.product_id || '#' || CAST(v.revision AS VARCHAR) AS product_key, v.product_id,
       COALESCE(n.name, v.product_id) AS name, COALESCE(v.category, s.category) AS category,
       p.price, p.previous_price, p.changed_at AS price_since, p.currency,
       v.valid_from, ${validity(dialect, 'product_id')}, l.changed_at AS listed_at
  FROM versions v
  LEFT JOIN prices p ON p.product_id = v.product_id
  LEFT JOIN names n ON n.product_id = v.product_id
  LEFT JOIN seen s ON s.product_id = v.product_id
  LEFT JOIN own l ON l.product_id = v.product_id AND l.revision = 0`;
}
