import fc from 'fast-check';
import { eventLog, type OrderToPlace } from '../../../../test/support/events';
import { everyEvent } from '../../../../test/support/every-event';
import { lifecycles } from '../../../../test/support/lifecycles';
import { EVENT_TYPES } from '../../../domain/event-roles';
import type { EventType, StoreConfigured } from '../../../domain/events';
import { convert } from '../../../domain/money';
import type { RecordedEvent } from '../../../event-store/event';
import type { Row } from '../../../lake/columns/table-definition';
import { datasets, eventDatasets } from '../../../lake/datasets/catalogue';
import { customers } from '../../../lake/datasets/customers.dataset';
import type { Dataset } from '../../../lake/datasets/dataset';
import { events } from '../../../lake/datasets/events.dataset';
import { orderLines } from '../../../lake/datasets/order-lines.dataset';
import { orders } from '../../../lake/datasets/orders.dataset';
import { products } from '../../../lake/datasets/products.dataset';
import { refunds } from '../../../lake/datasets/refunds.dataset';
import { returns } from '../../../lake/datasets/returns.dataset';
import { settings } from '../../../lake/datasets/settings.dataset';
import { BadRowError } from './bad-row-error';
import { rowsOfEvent } from './rows-of-event';

const GBP: StoreConfigured = { reportingCurrency: 'GBP', timeZone: 'Europe/London' };
const DAY = (date: string) => Date.parse(date) / 86_400_000;

const onlyRow = (
  dataset: Dataset,
  event: RecordedEvent,
  configured: StoreConfigured | undefined = GBP,
): Row => {
  const rows = rowsOfEvent(dataset, event, configured);
  expect(rows).toHaveLength(1);
  return rows[0] as Row;
};

const placed = (order: OrderToPlace) => eventLog().place(order);

const sumOf = (rows: readonly Row[], column: string): bigint =>
  rows.reduce((sum, row) => sum + BigInt((row[column] ?? 0) as number), 0n);

describe('every dataset', () => {
  it('is tried here with events of every type', () => {
    expect(
      everyEvent()
        .map(({ type }) => type)
        .sort(),
    ).toEqual([...EVENT_TYPES].sort());
  });

  it.each(eventDatasets.map((dataset) => [dataset.name, dataset] as const))(
    'makes rows of its event types only, with exactly its columns: %s',
    (_, dataset) => {
      const names = dataset.columns.map(({ name }) => name).sort();
      const types = new Set<EventType>();
      for (const event of everyEvent()) {
        for (const row of rowsOfEvent(dataset, event, GBP)) {
          types.add(event.type);
          expect(Object.keys(row).sort()).toEqual(names);
        }
      }
      expect(types).toEqual(new Set(dataset.eventTypes ?? EVENT_TYPES));
    },
  );

  it.each(datasets.map((dataset) => [dataset.name, dataset] as const))(
    'gives each field id once, and has the columns that it is keyed and divided by: %s',
    (_, { columns, key, partitionBy }) => {
      const ids = columns.flatMap(({ id, type }) => (type.kind === 'list' ? [id, type.elementId] : [id]));
      expect(new Set(ids).size).toBe(ids.length);
      const byName = new Map(columns.map((column) => [column.name, column]));
      expect(byName.get('position')?.nullable).toBe(false);
      for (const name of key) expect(byName.get(name)?.nullable).toBe(false);
      for (const { column, transform } of partitionBy) {
        expect(byName.get(column)?.nullable).toBe(false);
        expect(transform === 'identity' || byName.get(column)?.type.kind === 'date').toBe(true);
      }
    },
  );

  it('has one key a row, in any shop', () => {
    fc.assert(
      fc.property(lifecycles({ reportingCurrency: 'GBP', timeZone: 'Asia/Tokyo' }), (log) => {
        for (const dataset of eventDatasets) {
          const rows = log.events.flatMap((event) =>
            rowsOfEvent(dataset, event, { ...GBP, timeZone: 'Asia/Tokyo' }),
          );
          const keys = rows.map((row) => JSON.stringify(dataset.key.map((name) => row[name])));
          expect(new Set(keys).size).toBe(rows.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each(
    [orderLines, orders, returns, refunds, customers, products].map(
      (dataset) => [dataset.name, dataset] as const,
    ),
  )('refuses an event that came before the settings: %s', (_, dataset) => {
    const event = everyEvent().find(({ type }) => dataset.eventTypes?.includes(type)) as RecordedEvent;
    expect(() => rowsOfEvent(dataset, event, undefined)).toThrow(
      new BadRowError('the store was not configured before this event'),
    );
  });
});

describe('events', () => {
  it('has the envelope, and data and metadata as JSON', () => {
    const event = { ...placed({ at: Date.UTC(2024, 4, 31, 23, 59, 59, 999) }), recordedAt: 1 };
    expect(onlyRow(events, event, undefined)).toEqual({
      id: event.id,
      stream: 'order-o1',
      revision: 0,
      position: event.position,
      event_type: 'OrderPlaced',
      event_date: DAY('2024-05-31'),
      occurred_at: event.occurredAt,
      recorded_at: 1,
      data: JSON.stringify(event.data),
      metadata: JSON.stringify(event.metadata),
    });
  });

  it('has days of UTC before 1970 too', () => {
    expect(onlyRow(events, placed({ at: -1 })).event_date).toBe(-1);
  });
});

describe('order_lines', () => {
  it('has each line with amounts of four decimals, and its gross and net converted', () => {
    const event = placed({
      customerId: 'c7',
      currency: 'EUR',
      exchangeRate: '0.8537',
      country: 'DE',
      region: 'Bayern',
      lines: [{ price: 999, quantity: 3, discount: 100 }, { productName: 'Tea' }],
    });
    const [first, second] = rowsOfEvent(orderLines, event, GBP);
    expect(first).toEqual({
      order_id: 'o1',
      line_number: 1,
      customer_id: 'c7',
      product_id: 'p1',
      product_name: 'Product p1',
      category: 'Books',
      country: 'DE',
      region: 'Bayern',
      currency: 'EUR',
      unit_price: 99_900,
      quantity: 3,
      gross: 299_700,
      discount: 10_000,
      net: 289_700,
      ordered_at: event.occurredAt,
      position: event.position,
      order_date: DAY('2024-01-01'),
      exchange_rate: 8_537_000_000,
      gross_reporting: 255_900,
      discount_reporting: 8_600,
      net_reporting: 247_300,
    });
    expect(second).toMatchObject({ line_number: 2, product_name: 'Tea', gross: 100_000 });
  });

  it('has a guest as null, and no reporting amounts without an exchange rate', () => {
    expect(onlyRow(orderLines, placed({ currency: 'EUR' }))).toMatchObject({
      customer_id: null,
      exchange_rate: null,
      gross: 100_000,
      gross_reporting: null,
      discount_reporting: null,
      net_reporting: null,
    });
  });

  it.each([
    ['JPY', '0.00513', 10_000_000, 51_300],
    ['KWD', '2.6', 10_000, 26_000],
    ['CLF', '30', 1_000, 30_000],
  ])('has the minor digits of %s', (currency, exchangeRate, gross, reporting) => {
    expect(onlyRow(orderLines, placed({ currency, exchangeRate }))).toMatchObject({
      gross,
      gross_reporting: reporting,
    });
  });

  it('has the day of the time zone of the store', () => {
    const event = placed({ at: Date.UTC(2024, 2, 31, 15, 30) });
    const day = (timeZone: string) => onlyRow(orderLines, event, { ...GBP, timeZone }).order_date;
    expect([day('Asia/Tokyo'), day('UTC')]).toEqual([DAY('2024-04-01'), DAY('2024-03-31')]);
  });

  it('has amounts beyond what a number holds as bigints, to the last digit', () => {
    const event = placed({ lines: [{ price: 999_999_999_999_999 }] });
    expect(onlyRow(orderLines, event)).toMatchObject({
      unit_price: 99_999_999_999_999_900n,
      gross: 99_999_999_999_999_900n,
    });
  });

  it.each([
    [
      'an amount that is too large',
      { currency: 'JPY', lines: [{ price: 10 ** 14 }] },
      'is too large for its column',
    ],
    [
      'an amount that is no whole number',
      { lines: [{ price: 0.5 }] },
      'is no whole number of its smallest unit',
    ],
    ['an unknown currency', { currency: 'XXX' }, 'XXX is no currency'],
    ['a rate that is none', { exchangeRate: '1,5' }, 'exchange rate 1,5 is no decimal of 10 decimals'],
  ])('refuses %s', (_, order, message) => {
    const event = placed(order);
    for (const line of event.data.lines) line.unitPrice = '1';
    expect(() => rowsOfEvent(orderLines, event, GBP)).toThrow(BadRowError);
    expect(() => rowsOfEvent(orderLines, event, GBP)).toThrow(message);
  });

  it('refuses a unit price that is none', () => {
    const event = placed({});
    event.data.lines[0]!.unitPrice = '1.00001';
    expect(() => rowsOfEvent(orderLines, event, GBP)).toThrow(
      new BadRowError('unit price 1.00001 is no decimal of 4 decimals'),
    );
  });

  it('refuses amounts that a rate takes out of range', () => {
    const event = placed({ currency: 'EUR', exchangeRate: '999999999', lines: [{ price: 10 ** 9 }] });
    expect(() => rowsOfEvent(orderLines, event, GBP)).toThrow(
      new BadRowError('Not representable: 1000000000 EUR at 999999999 in GBP'),
    );
  });

  it('refuses a time that is none', () => {
    expect(() => rowsOfEvent(orderLines, placed({ at: Number.NaN }), GBP)).toThrow(
      new BadRowError('NaN is no time'),
    );
  });

  it('adds up to the amounts of its orders, in both currencies', () => {
    fc.assert(
      fc.property(lifecycles({ reportingCurrency: 'GBP', timeZone: 'UTC' }), (log) => {
        for (const event of log.events) {
          if (event.type !== 'OrderPlaced') continue;
          const lines = rowsOfEvent(orderLines, event, GBP);
          const order = onlyRow(orders, event);
          expect(sumOf(lines, 'gross')).toBe(BigInt(order.gross as number));
          expect(sumOf(lines, 'discount')).toBe(BigInt(order.discounts as number));
          expect(sumOf(lines, 'net') + sumOf([order], 'shipping') + sumOf([order], 'tax')).toBe(
            BigInt(order.total as number),
          );
          expect(sumOf(lines, 'net_reporting')).toBe(
            sumOf(lines, 'gross_reporting') - sumOf(lines, 'discount_reporting'),
          );
        }
      }),
    );
  });
});

describe('orders', () => {
  it('has a row a status, with amounts when placed and cancelled only', () => {
    const rows = everyEvent().flatMap((event) => rowsOfEvent(orders, event, GBP));
    expect(
      rows.map(({ status, revision, gross, shipping, country, product_ids: ids }) => [
        status,
        revision,
        gross,
        shipping,
        country,
        ids,
      ]),
    ).toEqual([
      ['PLACED', 0, 300_000, 0, 'GB', ['p1', 'p2']],
      ['PAID', 1, null, null, null, null],
      ['SHIPPED', 2, null, null, null, null],
      ['DELIVERED', 3, null, null, null, null],
      ['CANCELLED', 5, 300_000, null, 'GB', ['p1', 'p2']],
    ]);
    expect(new Set(rows.map(({ customer_id: customer }) => customer))).toEqual(new Set(['c1']));
  });

  it('has when the order was placed beside when it changed', () => {
    const log = eventLog();
    log.place({ at: Date.UTC(2024, 0, 31, 12), currency: 'EUR', exchangeRate: '1.5', shipping: 5, tax: 7 });
    log.cancel('o1', { at: Date.UTC(2024, 1, 1, 12) });
    const [, placing, cancelling] = log.events as [RecordedEvent, RecordedEvent, RecordedEvent];
    expect(onlyRow(orders, placing)).toMatchObject({
      shipping: 500,
      tax: 700,
      total: 101_200,
      ordered_at: placing.occurredAt,
      changed_at: placing.occurredAt,
      change_date: DAY('2024-01-31'),
    });
    expect(onlyRow(orders, cancelling)).toMatchObject({
      status: 'CANCELLED',
      total: 101_200,
      exchange_rate: 15_000_000_000,
      ordered_at: placing.occurredAt,
      changed_at: cancelling.occurredAt,
      change_date: DAY('2024-02-01'),
    });
  });
});

describe('refunds', () => {
  it('has a row a return that gives back shipping or tax, also without lines', () => {
    const log = eventLog();
    log.place({
      orderId: '42',
      customerId: 'c1',
      currency: 'EUR',
      exchangeRate: '0.5',
      shipping: 395,
      tax: 70,
    });
    const event = log.return('42', [], { shipping: 395, tax: 70 });
    expect(rowsOfEvent(returns, event, GBP)).toEqual([]);
    expect(onlyRow(refunds, event)).toEqual({
      document_id: '42/1',
      order_id: '42',
      customer_id: 'c1',
      country: 'GB',
      region: null,
      currency: 'EUR',
      shipping: 39_500,
      tax: 7_000,
      refunded_at: event.occurredAt,
      position: event.position,
      refund_date: DAY('2024-01-01'),
      ordered_at: event.data.orderedAt,
      exchange_rate: 5_000_000_000,
    });
  });

  it('has a credit note of no order, and nothing of what gives back goods only', () => {
    const log = eventLog();
    const note = log.creditNote({ creditNoteId: 'C7', tax: 70 });
    expect(onlyRow(refunds, note)).toMatchObject({
      document_id: 'C7',
      order_id: null,
      shipping: 0,
      tax: 7_000,
    });
    expect(rowsOfEvent(refunds, log.creditNote(), GBP)).toEqual([]);
  });
});

describe('returns', () => {
  it('has each line of a return under order and revision', () => {
    const log = eventLog();
    log.place({ orderId: '42', customerId: 'c1', lines: [{}, { price: 333, quantity: 3 }] });
    log.pay('42');
    const event = log.return('42', [{ lineNumber: 2, quantity: 1 }]);
    expect(onlyRow(returns, event)).toEqual({
      document_id: '42/2',
      order_id: '42',
      line_number: 2,
      customer_id: 'c1',
      product_id: 'p2',
      category: 'Books',
      country: 'GB',
      region: null,
      currency: 'GBP',
      quantity: 1,
      amount: 33_300,
      returned_at: event.occurredAt,
      position: event.position,
      return_date: DAY('2024-01-01'),
      product_name: 'Product p2',
      ordered_at: event.data.orderedAt,
      exchange_rate: null,
      amount_reporting: 33_300,
    });
  });

  it('has each line of a credit note under its id, of no order', () => {
    const event = eventLog().creditNote({
      creditNoteId: 'C7',
      currency: 'EUR',
      exchangeRate: '0.5',
      lines: [{}, {}],
    });
    const rows = rowsOfEvent(returns, event, GBP);
    expect(
      rows.map(
        ({
          document_id: id,
          order_id: order,
          line_number: line,
          ordered_at: at,
          amount_reporting: amount,
        }) => [id, order, line, at, amount],
      ),
    ).toEqual([
      ['C7', null, 1, null, 50_000],
      ['C7', null, 2, null, 50_000],
    ]);
  });

  it('adds up, over all returns of a line, to the conversion of their sum', () => {
    fc.assert(
      fc.property(lifecycles({ reportingCurrency: 'GBP', timeZone: 'UTC' }), (log) => {
        const sums = new Map<
          string,
          { minor: number; reporting: bigint | null; rate?: string; currency: string }
        >();
        for (const event of log.events) {
          if (event.type !== 'OrderItemsReturned') continue;
          const { orderId, currency, exchangeRate, lines } = event.data;
          for (const [index, row] of rowsOfEvent(returns, event, GBP).entries()) {
            const key = `${orderId}/${row.line_number}`;
            const before = sums.get(key) ?? { minor: 0, reporting: 0n, rate: exchangeRate, currency };
            const amount = row.amount_reporting;
            sums.set(key, {
              ...before,
              minor: before.minor + (lines[index]?.amount ?? Number.NaN),
              reporting: amount === null ? null : (before.reporting ?? 0n) + BigInt(amount as number),
            });
          }
        }
        for (const { minor, reporting, rate, currency } of sums.values()) {
          const whole =
            rate === undefined ? (currency === 'GBP' ? minor : null) : convert(minor, rate, currency, 'GBP');
          expect(reporting).toBe(whole === null ? null : BigInt(whole) * 100n);
        }
      }),
    );
  });
});

describe('customers', () => {
  it('has what each change set, and names it', () => {
    const rows = everyEvent().flatMap((event) => rowsOfEvent(customers, event, GBP));
    expect(rows).toEqual([
      expect.objectContaining({
        customer_id: 'c1',
        revision: 0,
        name: 'Ann',
        email: null,
        country: 'GB',
        region: null,
        changed_fields: ['name', 'email', 'country', 'region'],
      }),
      expect.objectContaining({
        revision: 1,
        name: null,
        email: 'ann@example.com',
        country: null,
        region: null,
        changed_fields: ['email', 'region'],
      }),
    ]);
  });
});

describe('products', () => {
  it('has the new value of each change, and the one before', () => {
    const rows = everyEvent().flatMap((event) => rowsOfEvent(products, event, GBP));
    const none = {
      name: null,
      category: null,
      previous_category: null,
      price: null,
      previous_price: null,
      currency: null,
    };
    expect(rows).toEqual([
      expect.objectContaining({
        ...none,
        change: 'LISTED',
        name: 'Mug',
        category: 'Kitchen',
        price: 95_000,
        currency: 'GBP',
      }),
      expect.objectContaining({
        ...none,
        change: 'PRICE',
        price: 101_234,
        previous_price: 95_000,
        currency: 'GBP',
      }),
      expect.objectContaining({
        ...none,
        change: 'CATEGORY',
        category: 'Gifts',
        previous_category: 'Kitchen',
      }),
    ]);
  });
});

describe('settings', () => {
  it('has the reporting currency with its digits', () => {
    const event = eventLog(false).configure('KWD', 'Asia/Kuwait', 5);
    expect(onlyRow(settings, event, undefined)).toEqual({
      reporting_currency: 'KWD',
      reporting_digits: 3,
      time_zone: 'Asia/Kuwait',
      configured_at: 5,
      position: event.position,
    });
    expect(() => rowsOfEvent(settings, eventLog(false).configure('XXX'), undefined)).toThrow(
      new BadRowError('XXX is no currency'),
    );
  });
});
