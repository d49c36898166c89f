import { int4Array, textArray } from '../../../postgres/columns';
import { copyRows } from '../../../postgres/copy-rows';
import { parametersOf, unnestAs } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import type { OfCustomer } from './customer-document';
import { rfmOrdersTable } from './tables';

type Placed = OfCustomer<'OrderPlaced'>;
type Cancelled = OfCustomer<'OrderCancelled'>;

// Statements that look rows up are not prepared by name: a plan made while the table was small would stay.

// A batch takes away as many of a customer's orders as it cancels, so one more than that has the last one
// left.
const LATEST = `
SELECT c.customer_id, o.order_id, (extract(epoch FROM o.ordered_at) * 1000)::float8 AS ordered_at
  FROM unnest($1::text[], $2::int4[]) AS c(customer_id, cancellations)
 CROSS JOIN LATERAL (
   SELECT order_id, ordered_at FROM rfm_orders
    WHERE customer_id = c.customer_id
    ORDER BY ordered_at DESC, order_id DESC
    LIMIT c.cancellations + 1
 ) o`;

const DELETE = `
DELETE FROM rfm_orders o
 USING ${unnestAs('c', rfmOrdersTable.columns)}
 WHERE o.customer_id = c.customer_id AND o.ordered_at = c.ordered_at AND o.order_id = c.order_id
RETURNING o.order_id`;

/** The valid orders of a batch's customers: those of the table, and what the batch has changed so far. */
export class ValidOrders {
  private readonly placed = new Map<string, Placed>();
  private readonly cancelled = new Map<string, Cancelled>();

  /**
   * @param latest per customer that cancels in this batch: times (Unix ms) by order id, the last one left
   *   among them
   */
  private constructor(private readonly latest: Map<string, Map<string, number>>) {}

  static async load(client: ProjectionClient, cancellations: readonly Cancelled[]): Promise<ValidOrders> {
    const counts = new Map<string, number>();
    for (const { data } of cancellations) counts.set(data.customerId, (counts.get(data.customerId) ?? 0) + 1);
    const latest = new Map([...counts.keys()].map((customerId) => [customerId, new Map<string, number>()]));
    if (counts.size > 0) {
      const values = [textArray([...counts.keys()]), int4Array([...counts.values()])];
      const { rows } = await client.query<{ customer_id: string; order_id: string; ordered_at: number }>(
        LATEST,
        values,
      );
      for (const row of rows) latest.get(row.customer_id)?.set(row.order_id, row.ordered_at);
    }
    return new ValidOrders(latest);
  }

  place(event: Placed): void {
    const { orderId, customerId } = event.data;
    if (this.placed.has(orderId)) throw new EventRefusedError(event, 'the order is there already');
    this.placed.set(orderId, event);
    this.latest.get(customerId)?.set(orderId, event.occurredAt);
  }

  /** @returns the time (Unix ms) of the customer's last order that is left, null when there is none */
  cancel(event: Cancelled): number | null {
    const { orderId, customerId } = event.data;
    if (!this.placed.delete(orderId)) {
      if (this.cancelled.has(orderId)) throw new EventRefusedError(event, 'the order is cancelled already');
      this.cancelled.set(orderId, event);
    }
    const orders = this.latest.get(customerId);
    orders?.delete(orderId);
    let last: number | null = null;
    for (const orderedAt of orders?.values() ?? []) if (last === null || orderedAt > last) last = orderedAt;
    return last;
  }

  /** @throws EventRefusedError when an order that the batch cancels was not there */
  async write(client: ProjectionClient): Promise<void> {
    if (this.cancelled.size > 0) {
      const cancelled = sortedByCustomer([...this.cancelled.values()]);
      const { rows } = await client.query<{ order_id: string }>(
        DELETE,
        parametersOf(rfmOrdersTable.columns, cancelled, {
          ...ids,
          ordered_at: ({ data }) => data.orderedAt,
        }),
      );
      const found = new Set(rows.map((row) => row.order_id));
      const missing = cancelled.find(({ data }) => !found.has(data.orderId));
      if (missing) throw new EventRefusedError(missing, 'the customer has no such order');
    }
    if (this.placed.size > 0) {
      const placed = sortedByCustomer([...this.placed.values()]);
      await copyRows(client, rfmOrdersTable, placed, {
        ...ids,
        ordered_at: ({ occurredAt }) => occurredAt,
      });
    }
  }
}

/** In the order of ids: neighbours in the index are written together. */
const sortedByCustomer = <T extends Placed | Cancelled>(events: T[]): T[] =>
  events.sort((a, b) => (a.data.customerId < b.data.customerId ? -1 : 1));

const ids = {
  customer_id: ({ data }: Placed | Cancelled) => data.customerId,
  order_id: ({ data }: Placed | Cancelled) => data.orderId,
};
