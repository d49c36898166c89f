import fc from 'fast-check';
import { currencyCodes } from '../../../src/domain/currencies';
import { EVENT_TYPES } from '../../../src/domain/event-roles';
import type { EventType } from '../../../src/domain/events';
import type { LoggedEvent } from './window';

/** Events that have the fields of their types, with any value that JSON can hold of the right type. */

const LONG = 'x'.repeat(5_000);
const text = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('o1', 'p1', 'Books', 'Zürich', 'DE') },
  fc.constantFrom(
    '',
    `O'Brien said "no"`,
    'two\nlines\ttab\r',
    'nul \u0000 inside',
    'half \ud800 a pair',
    '\udc00',
    '\ud83d\ude00\ud83d',
    '📚 𝒳 日本語',
    String.raw`\ud800 and \n and \\ud83d`,
    '{"orderId":5,"gross":"x"}',
    '"orderId":5',
    'null',
    '12',
    '-0',
    '$1 ? %s \\1',
    LONG,
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const code = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom('GBP', 'EUR', 'JPY', 'KWD', 'CLF') },
  { weight: 20, arbitrary: fc.constantFrom(...currencyCodes) },
  fc.constantFrom('XXX', 'eur', ''),
);
const minor = fc.oneof(
  { weight: 80, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -(10 ** 15), max: 10 ** 15 }) },
  fc.constantFrom(0, -0, -1, 1, 49e12, 10 ** 14 - 1, 10 ** 14, 10 ** 15 - 1, 10 ** 15, 2 ** 53 - 1, 2 ** 53),
  fc.constantFrom(0.5, -1.5, 1e-7, 0.000001, 123456789.25, 1e20, -1e20, 1e21, 1.5e300, 2 ** 63),
);
/** Minor units that cannot be told from text by how they are written. */
const wholeMinor = fc.integer({ min: 0, max: 10 ** 9 });
const decimal = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 10 ** 6 }), fc.stringMatching(/^\d{0,4}$/))
      .map(([whole, rest]) => (rest === '' ? `${whole}` : `${whole}.${rest}`)),
  },
  { weight: 20, arbitrary: fc.constantFrom('0.5', '1.5', '0.05', '0.005', '2.5', '1', '1.0', '29.17') },
  fc.constantFrom('1,5', '', ' 1', '1 ', '+1', '1e3', '.5', '5.', '-2.5', '-0', 'NaN', '٣', '1\n', '1_000'),
  fc.constantFrom(
    '1.00001',
    '1.00000000001',
    '000012.3400000000000000000000',
    `${'0'.repeat(50)}1.5${'0'.repeat(50)}`,
    '99999999999999.9999',
    '100000000000000',
    '-100000000000000.5',
    '999999999999999.9999999999',
    '1000000000000000',
    '123456789012345678901234567890',
    '1234567890123456789012345678901',
  ),
);
/** As fine as exchange rates are. */
const rate = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,10}$/) },
  { weight: 2, arbitrary: decimal },
);
const whole = fc.oneof(
  { weight: 80, arbitrary: fc.integer({ min: 1, max: 9 }) },
  fc.constantFrom(0, -0, -1, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 1e20),
);
const HOUR = 3_600_000;
export const time = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: Date.UTC(2024, 2, 30), max: Date.UTC(2024, 3, 2) }) },
  fc.integer({ min: Date.UTC(1890, 0), max: Date.UTC(1975, 0) }),
  fc.integer({ min: Date.UTC(2004, 10, 6) - HOUR, max: Date.UTC(2004, 10, 8) }),
  fc.constantFrom(0, -1, 1, -62_135_596_800_000, Date.UTC(9999, 11, 31, 23, 59, 59, 999), 86_400_000),
);

const absent = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 4 });
const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 4 });
/** Nearly always there; where it is not, nothing but the column says so. */
const needed = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 200, arbitrary: of }, fc.constant(undefined), fc.constant(null));

const context = {
  customerId: nullable(text),
  country: needed(text),
  region: nullable(text),
  currency: code,
  exchangeRate: absent(rate),
};
const line = {
  lineNumber: whole,
  productId: needed(text),
  productName: needed(text),
  category: needed(text),
  quantity: whole,
};
const lines = (more: Record<string, fc.Arbitrary<unknown>>) =>
  fc.array(fc.record({ ...line, ...more }), { maxLength: 3 });
const sold = { gross: minor, discount: minor };
const totals = { gross: minor, discounts: minor, total: minor };
const back = { amount: minor, shipping: absent(minor), tax: absent(minor) };
const order = { orderId: needed(text) };
const step = fc.record({ ...order, customerId: nullable(text) });

const DATA: Record<EventType, fc.Arbitrary<unknown>> = {
  OrderPlaced: fc.record({
    ...order,
    ...context,
    lines: lines({ ...sold, unitPrice: decimal }),
    ...totals,
    shipping: minor,
    tax: minor,
  }),
  OrderPaid: step,
  OrderShipped: step,
  OrderDelivered: step,
  OrderCancelled: fc.record({ ...order, ...context, orderedAt: time, lines: lines(sold), ...totals }),
  // Its order id is part of another id, which plain TypeScript would make of null, too.
  OrderItemsReturned: fc.record({
    orderId: text,
    ...context,
    orderedAt: time,
    lines: lines({ amount: minor, returnedBefore: wholeMinor }),
    ...back,
  }),
  CreditNoteIssued: fc.record({
    creditNoteId: needed(text),
    ...context,
    lines: lines({ amount: minor, unitPrice: decimal }),
    ...back,
  }),
  CustomerRegistered: fc.record({
    customerId: needed(text),
    name: text,
    email: nullable(text),
    country: nullable(text),
    region: nullable(text),
  }),
  CustomerDetailsChanged: fc.record({
    customerId: needed(text),
    name: absent(text),
    email: absent(nullable(text)),
    country: absent(nullable(text)),
    region: absent(nullable(text)),
  }),
  CustomerUnchanged: fc.record({ customerId: text }),
  ProductListed: fc.record({
    productId: needed(text),
    name: text,
    category: text,
    price: decimal,
    currency: code,
  }),
  ProductPriceChanged: fc.record({
    productId: needed(text),
    price: decimal,
    previousPrice: decimal,
    currency: code,
  }),
  ProductRecategorised: fc.record({ productId: needed(text), category: text, previousCategory: text }),
  ProductUnchanged: fc.record({ productId: text }),
  StoreConfigured: fc.record({ reportingCurrency: code, timeZone: fc.constant('UTC') }),
};

/** An event at some place of the log. */
export const hostileEvent: fc.Arbitrary<Omit<LoggedEvent, 'position'>> = fc
  .constantFrom(...EVENT_TYPES)
  .chain((type) =>
    fc.record({
      type: fc.constant(type),
      id: fc.uuid(),
      stream: text,
      revision: fc.nat(),
      occurredAt: fc.oneof({ weight: 100, arbitrary: time }, fc.constant(Number.NaN)),
      recordedAt: time,
      data: (DATA[type] as fc.Arbitrary<object>).map((data) => JSON.stringify(data)),
      metadata: fc.constant('{"schemaVersion":1}'),
    }),
  );
