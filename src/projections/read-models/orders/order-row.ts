import { type StreamEventType, statusAfter } from '../../../domain/event-roles';
import type { OrderStatus } from '../../../domain/events';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';

export type OrderEvent = RecordedEvent<StreamEventType<'order'>>;

/** The events that change an order's row after it was placed. */
export type LaterOrderEvent = Exclude<OrderEvent, { type: 'OrderPlaced' }>;

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
  status: OrderStatus;
}

export function newOrder(placed: RecordedEvent<'OrderPlaced'>): NewOrder {
  return {
    placed,
    last: placed,
    status: statusAfter(placed.type),
    back: givenBack(placed),
    history: historyEntry(placed),
  };
}

export function firstChange(event: LaterOrderEvent): OrderChange {
  return {
    last: event,
    status: statusAfter(event.type),
    back: givenBack(event),
    history: historyEntry(event),
  };
}

/** Folds a later event of the same order into the change. */
export function extendChange(change: OrderChange, event: LaterOrderEvent): void {
  change.last = event;
  change.status = statusAfter(event.type) ?? change.status;
  const { returns, shipping, tax } = givenBack(event);
  change.back.returns += returns;
  change.back.shipping += shipping;
  change.back.tax += tax;
  change.history += `,${historyEntry(event)}`;
}

function givenBack(event: OrderEvent): GivenBack {
  switch (event.type) {
    case 'OrderItemsReturned': {
      const { amount, shipping = 0, tax = 0 } = event.data;
      return { returns: amount, shipping, tax };
    }
    case 'OrderPlaced':
    case 'OrderPaid':
    case 'OrderShipped':
    case 'OrderDelivered':
    case 'OrderCancelled':
      return { returns: 0, shipping: 0, tax: 0 };
    default:
      return unreachable(event);
  }
}

function historyEntry(event: OrderEvent): string {
  const { type, occurredAt, revision, position } = event;
  const more = details(event);
  const entry = `{"type":"${type}","at":${occurredAt},"revision":${revision},"position":"${position}"`;
  return more === undefined ? `${entry}}` : `${entry},"details":${JSON.stringify(more)}}`;
}

/** What an entry of the history has beside type and time; undefined for nothing. */
function details(event: OrderEvent): object | undefined {
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
    case 'OrderPlaced':
    case 'OrderPaid':
    case 'OrderDelivered':
      return undefined;
    default:
      return unreachable(event);
  }
}
