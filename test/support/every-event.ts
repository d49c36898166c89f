import type { RecordedEvent } from '../../src/event-store/event';
import { eventLog } from './events';

/** One event of every type. */
export function everyEvent(): RecordedEvent[] {
  const log = eventLog();
  log.place({ orderId: 'o1', customerId: 'c1', lines: [{ quantity: 2 }, {}] });
  log.pay('o1');
  log.ship('o1', { carrier: 'DHL' });
  log.deliver('o1');
  log.return('o1', [{ lineNumber: 1, quantity: 1 }], { tax: 1 });
  log.cancel('o1');
  log.creditNote({ shipping: 1 });
  log.append('CustomerRegistered', 'customer-c1', {
    customerId: 'c1',
    name: 'Ann',
    email: null,
    country: 'GB',
    region: null,
  });
  log.append('CustomerDetailsChanged', 'customer-c1', {
    customerId: 'c1',
    email: 'ann@example.com',
    region: null,
  });
  log.append('CustomerUnchanged', 'customer-c1', { customerId: 'c1' });
  log.append('ProductListed', 'product-p1', {
    productId: 'p1',
    name: 'Mug',
    category: 'Kitchen',
    price: '9.5',
    currency: 'GBP',
  });
  log.append('ProductPriceChanged', 'product-p1', {
    productId: 'p1',
    price: '10.1234',
    previousPrice: '9.5',
    currency: 'GBP',
  });
  log.append('ProductRecategorised', 'product-p1', {
    productId: 'p1',
    category: 'Gifts',
    previousCategory: 'Kitchen',
  });
  log.append('ProductUnchanged', 'product-p1', { productId: 'p1' });
  return log.events;
}
