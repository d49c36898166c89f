import type { OrderLine } from '../../../domain/events';
import { unreachable } from '../../../domain/unreachable';
import type { OrderEvent } from './order-row';

/** What an entry of the history has beside type and time, as JSON; null for nothing. */
export function detailsJson(event: OrderEvent): string | null {
  switch (event.type) {
    case 'OrderShipped': {
      const { carrier, trackingNumber } = event.data;
      return carrier === undefined && trackingNumber === undefined
        ? null
        : JSON.stringify({ carrier, trackingNumber });
    }
    case 'OrderCancelled':
      return JSON.stringify({ reason: event.data.reason });
    case 'OrderItemsReturned': {
      const lines = event.data.lines.map(({ lineNumber, productId, quantity, amount }) => ({
        lineNumber,
        productId,
        quantity,
        amount,
      }));
      const { reason, amount, shipping, tax } = event.data;
      return JSON.stringify({ reason, amount, shipping, tax, lines });
    }
    case 'OrderPlaced':
    case 'OrderPaid':
    case 'OrderDelivered':
      return null;
    default:
      return unreachable(event);
  }
}

/** The lines of an order as JSON; null for an event that places none. */
export const linesJson = (event: OrderEvent): string | null =>
  event.type === 'OrderPlaced' ? JSON.stringify(event.data.lines.map(storedLine)) : null;

/** In a fixed order of keys, so that the bytes do not depend on how a store keeps JSON. */
function storedLine(line: OrderLine): OrderLine {
  const { lineNumber, productId, productName, category, unitPrice, quantity, gross, discount } = line;
  return { lineNumber, productId, productName, category, unitPrice, quantity, gross, discount };
}
