import fc from 'fast-check';
import { append, type LogAppend, orderLog } from '../../bench/support/order-log';
import type { EventType, EventTypes } from '../../src/domain/events';
import type { EventStore } from '../../src/event-store/event-store';
import { lifecycles } from './lifecycles';

/** orderLog's own */
const SETTINGS = { reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' };
const SEED = 20_240_101;
const FIRST_AT = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;
/** After this many appends of the order log comes one of the other kinds. */
const EVERY = 6;

/**
 * A log of all kinds of events, the same for the same number: the bench's order log, and between its events
 * those of customers and products, and of a shop with several currencies that takes back parts of orders,
 * cancels and issues credit notes.
 * @yields 4 x orders + 1 appends of the order log, and a fifth of that of the others
 */
export function* mixedLog(orders: number): Generator<LogAppend> {
  const others = otherEvents(Math.ceil((orders * 4) / EVERY));
  let count = 0;
  for (const append of orderLog(orders)) {
    yield append;
    const other = ++count % EVERY === 0 ? others.next() : undefined;
    if (other && !other.done) yield other.value;
  }
  yield* others;
}

/** A third of each: customers, products, and the other shop. */
function* otherEvents(count: number): Generator<LogAppend> {
  const shop = otherShop(Math.ceil(count / 3));
  for (let n = 0; n < count; n++) {
    const kind = n % 3;
    if (kind === 0) yield customerEvent(Math.floor(n / 3));
    else if (kind === 1) yield productEvent(Math.floor(n / 3));
    else {
      const next = shop[Math.floor(n / 3)];
      if (next) yield next;
    }
  }
}

/** Each customer registers. Later two in three change something, and the third changes nothing. */
function customerEvent(n: number): LogAppend {
  const number = Math.floor(n / 6) * 3 + [0, 1, 0, 2, 1, 2][n % 6]!;
  const customerId = `c${String(number * 7).padStart(5, '0')}`;
  const stream = `customer-${customerId}`;
  if (n % 6 === 2) return made(stream, 1, 'CustomerDetailsChanged', { customerId, country: 'FR' }, n);
  if (n % 6 === 4)
    return made(stream, 1, 'CustomerDetailsChanged', { customerId, email: null, name: `Ünal ${n}` }, n);
  if (n % 6 === 5) return made(stream, 1, 'CustomerUnchanged', { customerId }, n);
  const who = { name: `Customer ${number}`, email: `c${number}@shop.example`, country: 'DE', region: null };
  return made(stream, 0, 'CustomerRegistered', { customerId, ...who }, n);
}

/** Each product is listed, repriced, moved to another category, and moved there again. */
function productEvent(n: number): LogAppend {
  const productId = `p${Math.floor(n / 4)}`;
  const stream = `product-${productId}`;
  const [price, currency] = [`${1 + (n % 50)}.25`, 'EUR'];
  if (n % 4 === 0)
    return made(
      stream,
      0,
      'ProductListed',
      { productId, name: `Product ${n}`, category: 'Books', price, currency },
      n,
    );
  if (n % 4 === 3) return made(stream, 3, 'ProductUnchanged', { productId }, n);
  if (n % 4 === 1)
    return made(stream, 1, 'ProductPriceChanged', { productId, price, previousPrice: '1.00', currency }, n);
  return made(
    stream,
    2,
    'ProductRecategorised',
    { productId, category: 'Toys', previousCategory: 'Books' },
    n,
  );
}

/** The first events of random lifecycles, whose orders are called otherwise than those of the order log. */
function otherShop(count: number): LogAppend[] {
  const [log] = fc.sample(lifecycles(SETTINGS, { steps: count * 2, hours: [0, 1, 2] }), {
    seed: SEED,
    numRuns: 1,
  });
  return (log?.events ?? [])
    .filter(({ type }) => type !== 'StoreConfigured')
    .slice(0, count)
    .map(({ stream, revision, type, data, occurredAt }) => append(stream, revision, type, data, occurredAt));
}

function made<T extends EventType>(
  stream: string,
  revision: number,
  type: T,
  data: EventTypes[T],
  n: number,
): LogAppend {
  return append(stream, revision, type, data, FIRST_AT + n * MINUTE);
}

const AT_ONCE = 250;

/**
 * Appends a log in its order, many at once, but never two of one stream: those may be written in a later
 * round, behind others.
 */
export async function writeLog(store: EventStore, log: Iterable<LogAppend>): Promise<void> {
  let together = new Map<string, Promise<unknown>>();
  for (const { stream, expected, event } of log) {
    if (together.has(stream) || together.size === AT_ONCE) {
      await Promise.all(together.values());
      together = new Map();
    }
    together.set(stream, store.append(stream, expected, [event]));
  }
  await Promise.all(together.values());
}
