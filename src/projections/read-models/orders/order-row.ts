import type { OrderStatus } from '../../../domain/events';
import type { RecordedEvent } from '../../../event-store/event';

/** The events that change an order's row after it was placed. */
export type LaterOrderEvent = RecordedEvent<
  'OrderPaid' | 'OrderShipped' | 'OrderDelivered' | 'OrderCancelled' | 'OrderItemsReturned'
>;

/** Minor units. */
interface GivenBack {
  returns: number;
  shipping: number;
  tax: number;
}

/** What a batch does to one order: set what is set here, add `back`, append `history`. */
export interface OrderChange {
  /** of the order's last event in the batch, to tell which event to blame */
  last: RecordedEvent;
  /** null: as it was */
  status: OrderStatus | null;
  back: GivenBack;
  /** JSON objects, separated by commas */
  history: string;
}

/** An order that the batch places, and what the batch does to it afterwards. */
export interface NewOrder extends OrderChange {
  placed: RecordedEvent<'OrderPlaced'>;
}

export function newOrder(placed: RecordedEvent<'OrderPlaced'>): NewOrder {
  return { placed, last: placed, status: 'PLACED', back: givenBack(placed), history: historyEntry(placed) };
}

export function firstChange(event: LaterOrderEvent): OrderChange {
  return { last: event, status: statusAfter(event), back: givenBack(event), history: historyEntry(event) };
}

/** Folds a later event of the same order into the change. */
export function extendChange(change: OrderChange, event: LaterOrderEvent): void {
  change.last = event;
  change.status = statusAfter(event) ?? change.status;
  const { returns, shipping, tax } = givenBack(event);
  change.back.returns += returns;
  change.back.shipping += shipping;
  change.back.tax += tax;
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

function givenBack(event: RecordedEvent<'OrderPlaced'> | LaterOrderEvent): GivenBack {
  if (event.type !== 'OrderItemsReturned') return { returns: 0, shipping: 0, tax: 0 };
  const { amount, shipping = 0, tax = 0 } = event.data;
  return { returns: amount, shipping, tax };
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
      const { reason, amount, shipping, tax } = event.data;
      return { reason, amount, shipping, tax, lines };
    }
    default:
      return undefined;
  }
}
