import type { Position } from '../../../event-store/position';
import { textArray } from '../../../postgres/columns';
import { insert, omit, parametersOf, setExcluded } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';
import { productsTable } from './tables';

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

const { columns } = productsTable;

const UPSERT = `
${insert(productsTable)}
ON CONFLICT (product_id) DO UPDATE SET ${setExcluded(omit(columns, 'product_id'))}`;

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
  const values = parametersOf(columns, sortedByKey(products), {
    product_id: ([productId]) => productId,
    revision: ([, { revision }]) => revision,
    name: ([, { name }]) => name,
    category: ([, { category }]) => category,
    category_from: ([, { categoryFrom }]) => categoryFrom,
    price: ([, { price }]) => price,
    price_from: ([, { priceFrom }]) => priceFrom,
    currency: ([, { currency }]) => currency,
    updated_position: ([, { updatedPosition }]) => updatedPosition,
  });
  await client.query({ name: 'products-save', text: UPSERT, values });
}
