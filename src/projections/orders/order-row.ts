import type { OrderStatus } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';

/** The events that change an order's row after it was placed. */
export type LaterOrderEvent = RecordedEvent<
  'OrderPaid' | 'OrderShipped' | 'OrderDelivered' | 'OrderCancelled' | 'OrderItemsReturned'
>;

/** What a batch does to one order: set what is set here, add `returns`, append `history`. */
export interface OrderChange {
  /** of the order's last event in the batch, to tell which event to blame */
  last: RecordedEvent;
  /** null: as it was */
  status: OrderStatus | null;
  returns: number;
  /** JSON objects, separated by commas */
  history: string;
}

/** An order that the batch places, and what the batch does to it afterwards. */
export interface NewOrder extends OrderChange {
  placed: RecordedEvent<'OrderPlaced'>;
}

export function newOrder(placed: RecordedEvent<'OrderPlaced'>): NewOrder {
  return { placed, last: placed, status: 'PLACED', returns: 0, history: historyEntry(placed) };
}

export function firstChange(event: LaterOrderEvent): OrderChange {
  return { last: event, status: statusAfter(event), returns: returned(event), history: historyEntry(event) };
}

/** Folds a later event of the same order into the change. */
export function extendChange(change: OrderChange, event: LaterOrderEvent): void {
  change.last = event;
  change.status = statusAfter(event) ?? change.status;
  change.returns += returned(event);
  change.history += `,${historyEntry(event)}`;
}

function statusAfter(event: LaterOrderEvent): OrderStatus | null {
  switch (event.type) {
    case 'OrderPaid':
      return 'PAID';
    case 'OrderShipped':
      return 'SHIPPED';
    case 'OrderDelivered':
      return 'DELIVERED';
    case 'OrderCancelled':
      return 'CANCELLED';
    case 'OrderItemsReturned':
      return null;
  }
}

function returned(event: LaterOrderEvent): number {
  return event.type === 'OrderItemsReturned' ? event.data.amount : 0;
}

function historyEntry(event: RecordedEvent<'OrderPlaced'> | LaterOrderEvent): string {
  const { type, occurredAt, revision, position } = event;
  const more = details(event);
  const entry = `{"type":"${type}","at":${occurredAt},"revision":${revision},"position":"${position}"`;
  return more === undefined ? `${entry}}` : `${entry},"details":${JSON.stringify(more)}}`;
}

/** What the history tells beside type and time; undefined where there is nothing. */
function details(event: RecordedEvent<'OrderPlaced'> | LaterOrderEvent): object | undefined {
  switch (event.type) {
    case 'OrderShipped': {
      const { carrier, trackingNumber } = event.data;
      return carrier === undefined && trackingNumber === undefined ? undefined : { carrier, trackingNumber };
    }
    case 'OrderCancelled':
      return { reason: event.data.reason };
    case 'OrderItemsReturned': {
      const lines = event.data.lines.map(({ lineNumber, productId, quantity, amount }) => ({
        lineNumber,
        productId,
        quantity,
        amount,
      }));
      return { reason: event.data.reason, amount: event.data.amount, lines };
    }
    default:
      return undefined;
  }
}
