import { type StreamEventType, streamEventTypes } from '../../../domain/event-roles';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { bulkSql, keysSql, projectionSql } from '../projection-sql';
import {
  extendChange,
  firstChange,
  type NewOrder,
  newOrder,
  type OrderChange,
  type OrderEvent,
} from './order-row';
import { appendChanges, appendOrderEvents, appendOrders, updateOrders } from './order-statements';
import { ordersPlacedTable, ordersTable } from './tables';

/** One row an order: what it is and where it stands. One row an event: its lines and its history. */
export const orders: Projection<StreamEventType<'order'>> = {
  name: 'orders',
  version: 4,
  eventTypes: streamEventTypes('order'),
  ordering: 'per-key',
  tables: ['orders', 'order_events'],
  ...projectionSql(__dirname),
  keysSql: keysSql(__dirname),
  open: async () => new OrdersFold({ placed: ordersTable, change: updateOrders }),
  bulk: {
    ...bulkSql(__dirname),
    open: async () => new OrdersFold({ placed: ordersPlacedTable, change: appendChanges }),
  },
};

/** Where a fold puts what a batch does. */
interface Target {
  /** takes the orders that are placed */
  placed: typeof ordersTable | typeof ordersPlacedTable;
  /** changes orders of earlier batches */
  change(client: ProjectionClient, changes: ReadonlyMap<string, OrderChange>): Promise<void>;
}

class OrdersFold implements Fold<StreamEventType<'order'>> {
  constructor(private readonly target: Target) {}

  async apply(client: ProjectionClient, events: OrderEvent[]): Promise<void> {
    const placed = new Map<string, NewOrder>();
    const changed = new Map<string, OrderChange>();
    for (const event of events) {
      const { orderId } = event.data;
      if (event.type === 'OrderPlaced') {
        // In a later batch the primary key would say so.
        if (placed.has(orderId) || changed.has(orderId))
          throw new EventRefusedError(event, 'the order is there already');
        placed.set(orderId, newOrder(event));
        continue;
      }
      const change = placed.get(orderId) ?? changed.get(orderId);
      if (change) extendChange(change, event);
      else changed.set(orderId, firstChange(event));
    }
    if (placed.size > 0) await appendOrders(client, this.target.placed, [...placed.values()]);
    if (changed.size > 0) await this.target.change(client, changed);
    await appendOrderEvents(client, events);
  }
}
