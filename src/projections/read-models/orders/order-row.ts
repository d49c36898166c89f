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

/** What a batch does to one order: set what is set here, add `back`. */
export interface OrderChange {
  /** the order's first event in the batch */
  first: RecordedEvent;
  /** the order's last event in the batch, to tell which event to blame */
  last: RecordedEvent;
  /** null: as it was */
  status: OrderStatus | null;
  back: GivenBack;
}

/** An order that the batch places, and what the batch does to it afterwards. */
export interface NewOrder extends OrderChange {
  first: RecordedEvent<'OrderPlaced'>;
  status: OrderStatus;
}

export function newOrder(placed: RecordedEvent<'OrderPlaced'>): NewOrder {
  return { first: placed, last: placed, status: statusAfter(placed.type), back: givenBack(placed) };
}

export function firstChange(event: LaterOrderEvent): OrderChange {
  return { first: event, last: event, status: statusAfter(event.type), back: givenBack(event) };
}

/** Folds a later event of the same order into the change. */
export function extendChange(change: OrderChange, event: LaterOrderEvent): void {
  change.last = event;
  change.status = statusAfter(event.type) ?? change.status;
  const { returns, shipping, tax } = givenBack(event);
  change.back.returns += returns;
  change.back.shipping += shipping;
  change.back.tax += tax;
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
