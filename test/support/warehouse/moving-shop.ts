import type { RecordedEvent } from '../../../src/event-store/event';
import { eventLog } from '../events';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 30, 9);

let events: RecordedEvent[] | undefined;

/**
 * A shop of 40 days whose customers move and whose products change. It has an example of everything that the
 * warehouse distinguishes. Every call in a process returns the same events, with the same ids.
 */
export function movingShop(): readonly RecordedEvent[] {
  events ??= makeEvents();
  return events;
}

function makeEvents(): RecordedEvent[] {
  const log = eventLog({ reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' });
  const day = (n: number) => START + n * DAY;
  log.append(
    'ProductListed',
    'product-p1',
    { productId: 'p1', name: "O'Neil mug", category: 'Home', price: '4.5', currency: 'EUR' },
    day(0),
  );
  log.append(
    'CustomerRegistered',
    'customer-c1',
    { customerId: 'c1', name: 'Ada', email: 'ada@shop.example', country: 'DE', region: 'Bayern' },
    day(0),
  );
  for (let n = 0; n < 14; n++) {
    log.place({
      customerId: n % 5 === 4 ? null : `c${n % 4}`,
      currency: n % 3 === 0 ? 'GBP' : 'EUR',
      country: n % 2 === 0 ? 'DE' : 'FR',
      lines: [
        {
          productId: 'p1',
          productName: "O'Neil mug",
          category: n < 7 ? 'Home' : 'Kitchen',
          price: 450,
          quantity: 1 + (n % 3),
        },
        {
          productId: `p${2 + (n % 2)}`,
          category: 'Books\\Toys',
          price: n === 10 ? 90_000 : 1_099,
          discount: 50,
        },
      ],
      shipping: 250,
      tax: 99,
      at: day(n * 2),
    });
    if (n === 4)
      log.append(
        'CustomerDetailsChanged',
        'customer-c1',
        { customerId: 'c1', country: 'FR', region: null },
        day(9),
      );
    if (n === 6)
      log.append(
        'ProductRecategorised',
        'product-p1',
        { productId: 'p1', category: 'Kitchen', previousCategory: 'Home' },
        day(13),
      );
    if (n === 8)
      log.append(
        'ProductPriceChanged',
        'product-p1',
        { productId: 'p1', price: '5.25', previousPrice: '4.5', currency: 'EUR' },
        day(16),
      );
  }
  log.return('o2', [{ lineNumber: 1, quantity: 1 }], { at: day(30) });
  log.return('o3', undefined, { at: day(31) });
  log.cancel('o3', { at: day(32), reason: 'lost' });
  log.cancel('o5', { at: day(33) });
  log.pay('o6', day(34));
  log.ship('o6', { carrier: 'DHL' }, day(35));
  log.creditNote({ customerId: 'c2', currency: 'EUR', at: day(36) });
  return log.events;
}
