import type { Row } from '../../postgres/table';
import type { productsTable } from '../../projections/read-models/products/tables';
import type { Product } from '../types/product.type';
import { AS_OF, type AsOfRow, asOf, type Reader, readRows } from './snapshot';

type ProductRow = AsOfRow &
  Pick<
    Row<typeof productsTable.columns>,
    'product_id' | 'revision' | 'name' | 'category' | 'price' | 'currency'
  >;

/** A listed product, or null. */
export async function readProduct(reader: Reader, id: string): Promise<Product | null> {
  const [row] = await readRows<ProductRow>(
    reader,
    `SELECT ${AS_OF}, c.product_id, c.revision, coalesce(n.name, c.name) AS name,
            c.category, c.price, c.currency
       FROM read.projections p JOIN read.products c ON c.product_id = $1
       LEFT JOIN read.product_names n ON n.product_id = c.product_id
      WHERE p.projection = 'products'`,
    [id],
  );
  if (!row) return null;
  const { name, category, price, currency, revision } = row;
  return {
    id: row.product_id,
    name,
    category,
    price: { amount: price, currency },
    revision,
    asOf: asOf(row),
  };
}
