import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import type { Budget } from '../cost/budget';
import type { Page } from '../queries/cursor';
import { readCustomers } from '../queries/customers.query';
import type { OrderParts } from '../queries/order-view';
import { readOrderPagesOf, readOrders } from '../queries/orders.query';
import { readRfmScores } from '../queries/rfm.query';
import type { Customer, RfmScores } from '../types/customer.type';
import type { Order, OrderConnection } from '../types/order.type';

/** Loads the edges of the graph: one statement an edge, however many objects a list has. */
export interface Loaders {
  /** null where there is no such order */
  orders(parts: OrderParts): DataLoader<string, Order | null>;
  /** undefined where there is no such customer */
  customers: DataLoader<string, Customer | undefined>;
  /** null without a valid order */
  rfm: DataLoader<string, RfmScores | null>;
  /** orders of a customer */
  ordersOf(page: Page, parts: OrderParts): DataLoader<string, OrderConnection>;
}

export function createLoaders(pool: Pool, budget: Budget): Loaders {
  const orderLoaders = new Map<string, DataLoader<string, Order | null>>();
  const pageLoaders = new Map<string, DataLoader<string, OrderConnection>>();
  return {
    orders: (parts) =>
      cached(orderLoaders, partsKey(parts), async (ids) => {
        const orders = await readOrders(pool, ids, parts, budget);
        const byId = new Map(orders.map((order) => [order.id, order]));
        return ids.map((id) => byId.get(id) ?? null);
      }),
    customers: new DataLoader(async (ids) => {
      const byId = new Map((await readCustomers(pool, ids)).map((customer) => [customer.id, customer]));
      return ids.map((id) => byId.get(id));
    }),
    rfm: new DataLoader(async (ids) => {
      const scores = await readRfmScores(pool, ids);
      return ids.map((id) => scores.get(id) ?? null);
    }),
    ordersOf: (page, parts) =>
      cached(pageLoaders, `${page.first} ${page.after} ${partsKey(parts)}`, async (ids) => {
        const pages = await readOrderPagesOf(pool, ids, page, parts, budget);
        return ids.map((id) => pages.get(id) ?? new Error(`No page for customer ${id}`));
      }),
  };
}

const partsKey = ({ lines, history }: OrderParts): string => `${lines} ${history}`;

function cached<V>(
  loaders: Map<string, DataLoader<string, V>>,
  key: string,
  load: (ids: readonly string[]) => Promise<(V | Error)[]>,
): DataLoader<string, V> {
  let loader = loaders.get(key);
  if (!loader) {
    loader = new DataLoader(load);
    loaders.set(key, loader);
  }
  return loader;
}
