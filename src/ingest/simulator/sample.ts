import { DAY_MS } from '../../domain/calendar';
import { createRandom } from './random';
import { createShop, type ShopOrder } from './shop';

const SEED = 11;
const ORDERS = 320;
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAYS = 365;
const COLUMNS =
  'order_id,ordered_at,customer_id,country,region,currency,' +
  'product_id,product_name,category,unit_price,quantity,discount,shipping';

/**
 * The text of samples/orders.csv, always the same: a year of the simulator's shop in the import's own
 * columns. It has a few credit notes (negative quantities, ids that begin with C) and an order that is far
 * too large.
 */
export function sampleOrders(): string {
  const shop = createShop({ seed: SEED, idPrefix: 'S' });
  const random = createRandom(SEED);
  const rows: string[] = [COLUMNS];
  for (let i = 0; i < ORDERS; i++) {
    const orderedAt = FIRST_DAY + ((i + random.next()) * DAYS * DAY_MS) / ORDERS;
    const order = shop.nextOrder(new Date(orderedAt).getUTCMonth() + 1);
    rows.push(...orderRows(order, orderedAt));
    const creditedAt = orderedAt + random.between(3, 20) * DAY_MS;
    for (const step of order.steps)
      if (step.kind === 'return') rows.push(...creditRows(order, step.lines, creditedAt));
  }
  return `${rows.join('\n')}\n`;
}

function orderRows(order: ShopOrder, orderedAt: number): string[] {
  return order.lines.map((line) =>
    [
      ...documentCells(order, order.id, orderedAt),
      line.productId,
      line.productName,
      line.category,
      line.unitPrice,
      line.quantity,
      line.discount,
      order.shipping,
    ].join(','),
  );
}

function creditRows(
  order: ShopOrder,
  returned: readonly { productId: string; quantity: number }[],
  creditedAt: number,
): string[] {
  return returned.flatMap(({ productId, quantity }) =>
    order.lines
      .filter((line) => line.productId === productId)
      .map(({ productName, category, unitPrice }) =>
        [
          ...documentCells(order, `C${order.id}`, creditedAt),
          productId,
          productName,
          category,
          unitPrice,
          -quantity,
          '',
          '',
        ].join(','),
      ),
  );
}

function documentCells(order: ShopOrder, id: string, time: number): string[] {
  const at = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  return [id, at, order.customer?.id ?? '', order.country, order.region, order.currency];
}
