import { type StreamEventType, streamEventTypes } from '../../../domain/event-roles';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { projectionSql } from '../projection-sql';
import {
  extendChange,
  firstChange,
  type NewOrder,
  newOrder,
  type OrderChange,
  type OrderEvent,
} from './order-row';
import { insertOrders, updateOrders } from './order-statements';

/** One row an order: what it is, where it stands, and its history. */
export const orders: Projection<StreamEventType<'order'>> = {
  name: 'orders',
  version: 3,
  eventTypes: streamEventTypes('order'),
  ordering: 'per-key',
  tables: ['orders'],
  ...projectionSql(__dirname),
  open: async () => new OrdersFold(),
};

class OrdersFold implements Fold<StreamEventType<'order'>> {
  async apply(client: ProjectionClient, events: OrderEvent[]): Promise<void> {
    const placed = new Map<string, NewOrder>();
    const changed = new Map<string, OrderChange>();
    for (const event of events) {
      const { orderId } = event.data;
      if (event.type === 'OrderPlaced') {
        // In a later batch the primary key would say so.
        if (placed.has(orderId)) throw new EventRefusedError(event, 'the order is there already');
        placed.set(orderId, newOrder(event));
        continue;
      }
      const change = placed.get(orderId) ?? changed.get(orderId);
      if (change) extendChange(change, event);
      else changed.set(orderId, firstChange(event));
    }
    if (placed.size > 0) await insertOrders(client, [...placed.values()]);
    if (changed.size > 0) await updateOrders(client, changed);
  }
}
