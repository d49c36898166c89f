import { UnknownProjectionError } from '../engine/errors';
import type { Projection } from '../projection';
import { anomalies } from './anomalies/anomalies.projection';
import { categoryRevenue } from './category-revenue/category-revenue.projection';
import { customers } from './customers/customers.projection';
import { orders } from './orders/orders.projection';
import { products } from './products/products.projection';
import { rfm } from './rfm/rfm.projection';

/** Every read model there is. */
export const projections: readonly Projection[] = [
  orders,
  customers,
  products,
  categoryRevenue,
  anomalies,
  rfm,
];

/**
 * The projections of these names, each once.
 * @throws UnknownProjectionError naming what is unknown and what there is
 */
export function projectionsNamed(
  names: readonly string[],
  catalogue: readonly Projection[] = projections,
): Projection[] {
  const unknown = names.filter((name) => !catalogue.some((projection) => projection.name === name));
  if (unknown.length > 0) {
    throw new UnknownProjectionError(
      `No projection is called ${unknown.map((name) => `"${name}"`).join(', ')}. ` +
        `There are: ${catalogue.map((projection) => projection.name).join(', ')}.`,
    );
  }
  return catalogue.filter((projection) => names.includes(projection.name));
}
