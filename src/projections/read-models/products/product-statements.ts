import type { Position } from '../../../event-store/position';
import { int4Array, textArray, timestamptzArray } from '../../../postgres/columns';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';

export interface Product {
  revision: number;
  name: string;
  category: string;
  /** when it became that, Unix milliseconds; null: as listed */
  categoryFrom: number | null;
  /** decimal string */
  price: string;
  /** as categoryFrom */
  priceFrom: number | null;
  currency: string;
  updatedPosition: Position;
}

const UPSERT = `
INSERT INTO products AS t (product_id, revision, name, category, category_from, price, price_from, currency, updated_position)
SELECT * FROM unnest($1::text[], $2::int4[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[], $8::text[],
                     $9::text[])
ON CONFLICT (product_id) DO UPDATE
   SET revision = excluded.revision, name = excluded.name, category = excluded.category,
       category_from = excluded.category_from, price = excluded.price, price_from = excluded.price_from,
       currency = excluded.currency, updated_position = excluded.updated_position`;

/** Those of these products that are listed, by id. */
export async function loadProducts(
  client: ProjectionClient,
  productIds: ReadonlySet<string>,
): Promise<Map<string, Product>> {
  const { rows } = await client.query<Product & { productId: string }>({
    name: 'products-load',
    text: `SELECT product_id AS "productId", revision, name, category, price, currency,
                  (extract(epoch FROM category_from) * 1000)::float8 AS "categoryFrom",
                  (extract(epoch FROM price_from) * 1000)::float8 AS "priceFrom",
                  updated_position AS "updatedPosition"
             FROM products WHERE product_id = ANY($1::text[])`,
    values: [textArray([...productIds])],
  });
  return new Map(rows.map(({ productId, ...product }) => [productId, product]));
}

/** Writes the whole rows of these products, in the order of their ids. */
export async function saveProducts(
  client: ProjectionClient,
  products: ReadonlyMap<string, Product>,
): Promise<void> {
  const sorted = sortedByKey(products);
  const values = [
    textArray(sorted.map(([productId]) => productId)),
    int4Array(sorted.map(([, product]) => product.revision)),
    textArray(sorted.map(([, product]) => product.name)),
    textArray(sorted.map(([, product]) => product.category)),
    timestamptzArray(sorted.map(([, product]) => product.categoryFrom)),
    textArray(sorted.map(([, product]) => product.price)),
    timestamptzArray(sorted.map(([, product]) => product.priceFrom)),
    textArray(sorted.map(([, product]) => product.currency)),
    textArray(sorted.map(([, product]) => product.updatedPosition)),
  ];
  await client.query({ name: 'products-save', text: UPSERT, values });
}
