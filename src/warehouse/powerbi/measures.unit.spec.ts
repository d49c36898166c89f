import { overStar } from '../../../test/support/powerbi/star';

/** A line of an order of one line, in the reporting currency unless it has no rate. */
function line(orderId: string, day: string, more: Record<string, string | number | boolean | null> = {}) {
  const { gross = 10, discount = 0, rate = 1, customer_id = null, ...others } = more;
  const converted = (amount: unknown) => (rate === null ? null : Number(amount) * Number(rate));
  return {
    order_id: orderId,
    line_number: 1,
    date_key: keyOf(day),
    customer_id,
    customer_key: customer_id === null ? 'guest' : `${customer_id}#0`,
    country: 'France',
    currency: 'EUR',
    quantity: 1,
    gross_amount: gross,
    discount_amount: discount,
    gross_reporting: converted(gross),
    discount_reporting: converted(discount),
    is_cancelled: false,
    ...others,
  };
}

/** A line that came back; of no order: a credit note. */
function returned(orderId: string | null, day: string, amount: number, more = {}) {
  return {
    document_id: `${orderId}/${day}`,
    line_number: 1,
    order_id: orderId,
    date_key: keyOf(day),
    order_date_key: null,
    country: 'France',
    currency: 'EUR',
    customer_key: 'guest',
    quantity: 1,
    return_amount: amount,
    return_reporting: amount,
    order_cancelled: false,
    ...more,
  };
}

const keyOf = (day: string): number => Number(day.replaceAll('-', ''));
const customers = (...ids: string[]) =>
  [...ids.map((id) => [`${id}#0`, id, 'Spain']), ['guest', null, null]].map(
    ([customer_key, customer_id, country]) => ({
      customer_key: customer_key ?? null,
      customer_id: customer_id ?? null,
      country: country ?? null,
    }),
  );
const year = (value: number) => ({ 'DIM_DATE[Year]': [value] });
const month = (ofYear: number, value: number) => ({ ...year(ofYear), 'DIM_DATE[Month]': [value] });

describe('the average order value', () => {
  const dax = overStar({
    FACT_ORDERS: [
      line('a', '2024-05-01', { gross: 100, discount: 10 }),
      line('b', '2024-05-01', { gross: 30, currency: 'USD', rate: 0.5 }),
      line('c', '2024-05-01', { gross: 5_000, currency: 'JPY', rate: null }),
      line('d', '2024-05-01', { gross: 900, is_cancelled: true }),
    ],
  });

  it('is over the orders that have an amount in the reporting currency', () => {
    expect(dax('[Orders]')).toBe(3);
    expect(dax('[AOV]')).toBe((90 + 15) / 2);
  });

  it('is blank where no order has one', () => {
    expect(dax('[AOV]', { 'DIM_CURRENCY[Currency]': ['JPY'] })).toBeNull();
    expect(dax('[Orders]', { 'DIM_CURRENCY[Currency]': ['JPY'] })).toBe(1);
  });
});

describe('new customers', () => {
  // 2024-01-01 is a Monday.
  const dax = overStar({
    DIM_CUSTOMER: customers('ada', 'bob', 'cyd', 'dan'),
    FACT_ORDERS: [
      line('1', '2024-01-01', { customer_id: 'ada' }),
      line('2', '2024-01-02', { customer_id: 'bob' }),
      line('3', '2024-01-03', { customer_id: 'bob' }),
      line('4', '2024-01-03', { customer_id: 'ada' }),
      line('5', '2024-01-02', { customer_id: 'cyd', is_cancelled: true }),
      line('6', '2024-01-05', { customer_id: 'cyd', country: 'Italy' }),
      line('7', '2024-01-04', { customer_id: 'dan', is_cancelled: true }),
      line('8', '2024-01-01'),
    ],
  });

  it('are those whose first order that was not cancelled is in the period; guests are nobody', () => {
    expect(dax('[New customers]')).toBe(3);
    expect(dax('[New customers]', { 'DIM_DATE[Date]': ['2024-01-02'] })).toBe(1);
    expect(dax('[New customers]', { 'DIM_DATE[Date]': ['2024-01-03', '2024-01-04'] })).toBeNull();
  });

  it('are counted on the days that are chosen only, not on those between them', () => {
    expect(dax('[New customers]', { 'DIM_DATE[Day name]': ['Monday', 'Wednesday'] })).toBe(1);
  });

  it('are new once, whatever else is chosen', () => {
    expect(dax('[New customers]', { 'DIM_COUNTRY[Country]': ['Italy'] })).toBe(1);
    expect(
      dax('[New customers]', { 'DIM_DATE[Day name]': ['Wednesday'], 'DIM_COUNTRY[Country]': ['France'] }),
    ).toBeNull();
  });
});

describe('the year before', () => {
  const dax = overStar({
    FACT_ORDERS: [
      line('a', '2024-01-10', { gross: 100 }),
      line('b', '2024-02-29', { gross: 40 }),
      line('c', '2024-03-10', { gross: 20 }),
      line('d', '2024-03-20', { gross: 7 }),
      line('e', '2024-11-01', { gross: 500 }),
      line('f', '2025-01-11', { gross: 150, country: 'Italy' }),
      line('g', '2025-03-15', { gross: 60 }),
    ],
    FACT_RETURNS: [returned('a', '2024-02-01', 10, { order_date_key: 20240110 })],
  });

  it('ends for the current year a year before the last sale', () => {
    expect(dax('[Net]', year(2025))).toBe(210);
    expect(dax('[Net PY]', year(2025))).toBe(150);
    expect(dax('[Net YoY %]', year(2025))).toBeCloseTo(60 / 150);
    expect(dax('[Orders PY]', month(2025, 3))).toBe(1);
  });

  it('says nothing of months that have not been yet', () => {
    expect(dax('[Gross PY]', month(2025, 11))).toBeNull();
    expect(dax('[Gross YoY %]', month(2025, 11))).toBeNull();
  });

  it('ends at the last sale of all, whatever is chosen', () => {
    expect(dax('[Gross PY]', { ...month(2025, 3), 'DIM_COUNTRY[Country]': ['France'] })).toBe(20);
    expect(dax('[Gross PY]', { ...month(2025, 3), 'DIM_COUNTRY[Country]': ['Italy'] })).toBeNull();
    expect(dax('[Orders YoY %]', { ...month(2025, 2), 'DIM_COUNTRY[Country]': ['France'] })).toBe(-1);
  });

  it('has the leap day with the whole of its month', () => {
    expect(dax('[Gross PY]', month(2025, 2))).toBe(40);
  });

  it('is there beside what is there to date', () => {
    expect(dax('[Net YTD]', month(2024, 3))).toBe(157);
    expect(dax('[Net QTD]', month(2024, 2))).toBe(130);
    expect(dax('[Net MTD]', { 'DIM_DATE[Date]': ['2024-03-15'] })).toBe(20);
  });
});

describe('a country', () => {
  const dax = overStar({
    DIM_CUSTOMER: customers('ada'),
    FACT_ORDERS: [
      line('a', '2024-01-10', { gross: 100 }),
      line('b', '2024-01-11', { gross: 40, customer_id: 'ada' }),
      line('c', '2024-01-12', { gross: 7, country: 'Spain' }),
    ],
    FACT_RETURNS: [returned('a', '2024-02-01', 30, { order_date_key: 20240110 })],
    MONTHLY_SALES: [
      { month: '2024-01-01', country: 'France', currency: 'EUR', net: 110 },
      { month: '2024-01-01', country: 'Spain', currency: 'EUR', net: 7 },
    ],
  });
  const france = { 'DIM_COUNTRY[Country]': ['France'] };

  it('is where was sold: orders of guests are in it, and their returns', () => {
    expect(dax('[Orders]', france)).toBe(2);
    expect(dax('[Returns]', france)).toBe(30);
    expect(dax('[Orders]', { 'DIM_CUSTOMER[Country]': ['Spain'] })).toBe(1);
  });

  it('gives the same numbers as MONTHLY_SALES', () => {
    for (const country of ['France', 'Spain']) {
      const choice = { 'DIM_COUNTRY[Country]': [country] };
      expect(dax('[Net by order date]', choice)).toBe(dax("SUM('MONTHLY_SALES'[Net])", choice));
    }
  });
});

describe('returns and cancelled orders', () => {
  const dax = overStar({
    DIM_CUSTOMER: customers('ada', 'bob'),
    FACT_ORDERS: [
      line('a', '2024-01-10', { gross: 100, discount: 5, customer_id: 'ada', quantity: 4 }),
      line('b', '2024-02-10', { gross: 50, customer_id: 'ada', currency: 'USD', rate: 2 }),
      line('c', '2024-02-11', {
        gross: 70,
        customer_id: 'bob',
        is_cancelled: true,
        cancelled_date_key: 20240303,
      }),
      line('d', '2024-02-12', { gross: 20, customer_id: 'bob' }),
    ],
    FACT_RETURNS: [
      returned('a', '2024-02-01', 25, { order_date_key: 20240110 }),
      returned('c', '2024-02-20', 70, {
        order_date_key: 20240211,
        order_cancelled: true,
        cancelled_date_key: 20240303,
      }),
      returned(null, '2024-02-25', 3),
    ],
  });

  it('are on the day of the return in Net, and on that of the order in Net by order date', () => {
    expect([1, 2].map((of) => dax('[Net]', month(2024, of)))).toEqual([95, 100 + 20 - 25 - 3]);
    expect([1, 2].map((of) => dax('[Net by order date]', month(2024, of)))).toEqual([95 - 25, 100 + 20 - 3]);
  });

  it('are each in the month of its own in the books, so that past months stay as they are', () => {
    const booked = (name: string) => [1, 2, 3].map((of) => Number(dax(`[Booked ${name}]`, month(2024, of))));
    expect(booked('gross')).toEqual([100, 100 + 70 + 20, -70]);
    expect(booked('discounts')).toEqual([5, 0, 0]);
    expect(booked('returns')).toEqual([0, 25 + 70 + 3, -70]);
    expect(booked('net')).toEqual([95, 190 - 98, 0]);
    expect(booked('orders')).toEqual([1, 3, -1]);
    expect(dax('[Booked net]')).toBe(dax('[Net by order date]'));
    expect(dax('[Booked orders]')).toBe(dax('[Orders]'));
  });

  it('count cancelled orders as placed, and nowhere else', () => {
    expect(dax('[Orders placed]')).toBe(4);
    expect(dax('[Orders]')).toBe(3);
    expect(dax('[Cancellation rate]')).toBe(1 / 4);
    expect(dax('[Return rate]')).toBe(2 / 6);
    expect(dax('[Repeat customers]')).toBe(1);
    expect(dax('[Repeat rate]')).toBe(1 / 2);
  });

  it('are in a currency of the order where one is chosen, and never added over several', () => {
    expect(dax('[Net in currency]')).toBeNull();
    expect(dax('[Net in currency]', { 'DIM_CURRENCY[Currency]': ['EUR'] })).toBe(95 + 20 - 25 - 3);
    expect(dax('[Gross in currency]', { 'DIM_CURRENCY[Currency]': ['USD'] })).toBe(50);
  });
});
