import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { projectionSql } from '../projection-sql';
import { extendChange, firstChange, type NewOrder, newOrder, type OrderChange } from './order-row';
import { insertOrders, updateOrders } from './order-statements';

/** One row an order: what it is, where it stands, and its history. */
export const orders: Projection = {
  name: 'orders',
  version: 3,
  eventTypes: [
    'OrderPlaced',
    'OrderPaid',
    'OrderShipped',
    'OrderDelivered',
    'OrderCancelled',
    'OrderItemsReturned',
  ],
  ordering: 'per-key',
  tables: ['orders'],
  ...projectionSql(__dirname),
  open: async () => new OrdersFold(),
};

class OrdersFold implements Fold {
  async apply(client: ProjectionClient, events: RecordedEvent[]): Promise<void> {
    const placed = new Map<string, NewOrder>();
    const changed = new Map<string, OrderChange>();
    for (const event of events) {
      switch (event.type) {
        case 'OrderPlaced':
          // In a later batch the primary key would say so.
          if (placed.has(event.data.orderId))
            throw new EventRefusedError(event, 'the order is there already');
          placed.set(event.data.orderId, newOrder(event));
          break;
        case 'OrderPaid':
        case 'OrderShipped':
        case 'OrderDelivered':
        case 'OrderCancelled':
        case 'OrderItemsReturned': {
          const { orderId } = event.data;
          const change = placed.get(orderId) ?? changed.get(orderId);
          if (change) extendChange(change, event);
          else changed.set(orderId, firstChange(event));
        }
      }
    }
    if (placed.size > 0) await insertOrders(client, [...placed.values()]);
    if (changed.size > 0) await updateOrders(client, changed);
  }
}
