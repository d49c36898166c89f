import { type Json, startTestApi, type TestApi } from '../../test/support/api';

let api: TestApi;
let token: string;

const PLACE = `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  ... on OrderAccepted { consistencyToken } ... on Failure { code message path } } }`;
const RETURN = `mutation($input: ReturnItemsInput!) { returnItems(input: $input) {
  ... on OrderAccepted { consistencyToken } ... on Failure { code message path } } }`;
const CANCEL = `mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
  ... on OrderAccepted { consistencyToken } ... on Failure { code message path } } }`;

async function send(mutation: string, input: object): Promise<void> {
  const [answer] = Object.values(await api.ask(mutation, { input })) as Json[];
  if (answer.code) throw new Error(JSON.stringify(answer));
  token = answer.consistencyToken;
}

interface Sale {
  customerId?: string | null;
  price?: string;
  category?: string;
  at?: string;
  currency?: string;
  exchangeRate?: string;
  country?: string;
}

/** An order of one unit. */
function place(orderId: string, sale: Sale = {}): Promise<void> {
  const {
    customerId = null,
    price = '10.00',
    category = 'Books',
    at,
    currency = 'EUR',
    country = 'DE',
  } = sale;
  return send(PLACE, {
    idempotencyKey: orderId,
    orderId,
    customerId,
    country,
    currency,
    exchangeRate: sale.exchangeRate,
    placedAt: at,
    lines: [{ productId: `${category} 1`, category, unitPrice: price, quantity: 1 }],
  });
}

/** As `ask`, of everything written so far. */
const ask = (query: string, variables: object = {}): Promise<Json> =>
  api.ask(query, { ...variables, c: { token } });

beforeAll(async () => {
  api = await startTestApi();
  for (let i = 1; i <= 12; i++) {
    const at = `2024-03-${String(i).padStart(2, '0')}T12:00:00Z`;
    await place(`o${i}`, { customerId: `c${((i - 1) % 6) + 1}`, price: `${9 + (i % 3)}.00`, at });
  }
  await place('huge', { customerId: 'c1', price: '5000.00', category: 'Boats', at: '2024-04-01T12:00:00Z' });
  await place('abroad', { price: '20.00', currency: 'USD', exchangeRate: '0.5', at: '2024-04-02T12:00:00Z' });
  await place('unconverted', { price: '7.00', currency: 'USD', at: '2024-04-03T12:00:00Z' });
  await place('cancelled', { customerId: 'gone', price: '99.00', at: '2024-04-04T12:00:00Z' });
  await send(CANCEL, {
    idempotencyKey: 'cancel',
    orderId: 'cancelled',
    reason: 'typo',
    occurredAt: '2024-04-05T00:00:00Z',
  });
  await send(RETURN, {
    idempotencyKey: 'return',
    orderId: 'o1',
    occurredAt: '2024-05-01T12:00:00Z',
    reason: 'late',
    lines: [{ productId: 'Books 1', quantity: 1 }],
  });
}, 120_000);
afterAll(() => api.close());

describe('order', () => {
  it('shows everything there is', async () => {
    const { order } = await ask(`query($c: ConsistencyInput) { order(id: "o1", consistency: $c) {
      id status revision customer { id } currency country region exchangeRate gross discounts returns shipping tax
      total { amount currency } placedAt lines { lineNumber productId productName category unitPrice quantity gross discount net }
      history { type at revision reason amount lines { productId quantity amount } } asOf { position time } } }`);
    expect(order).toMatchObject({
      id: 'o1',
      status: 'PLACED',
      revision: 1,
      customer: { id: 'c1' },
      currency: 'EUR',
      country: 'DE',
      region: null,
      exchangeRate: null,
      gross: '10.00',
      discounts: '0.00',
      returns: '10.00',
      shipping: '0.00',
      tax: '0.00',
      total: { amount: '10.00', currency: 'EUR' },
      placedAt: '2024-03-01T12:00:00.000Z',
      lines: [
        {
          lineNumber: 1,
          productId: 'Books 1',
          productName: 'Books 1',
          category: 'Books',
          quantity: 1,
          gross: '10.00',
          discount: '0.00',
          net: '10.00',
        },
      ],
      history: [
        { type: 'OrderPlaced', at: '2024-03-01T12:00:00.000Z', revision: 0, reason: null, lines: null },
        {
          type: 'OrderItemsReturned',
          at: '2024-05-01T12:00:00.000Z',
          revision: 1,
          reason: 'late',
          amount: '10.00',
          lines: [{ productId: 'Books 1', quantity: 1, amount: '10.00' }],
        },
      ],
    });
    expect(order.asOf.position >= token).toBe(true);
    expect(Date.parse(order.asOf.time)).not.toBeNaN();
  });

  it('is null where there is none', async () => {
    expect(await ask('query($c: ConsistencyInput) { order(id: "none", consistency: $c) { id } }')).toEqual({
      order: null,
    });
  });
});

describe('orders', () => {
  const idsOf = (connection: Json): string[] => connection.edges.map((edge: Json) => edge.node.id);

  it('come newest first, page by page, each once', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { orders } = await ask(
        `query($c: ConsistencyInput, $after: String) { orders(first: 5, after: $after, consistency: $c) {
          edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } asOf { position } } }`,
        { after },
      );
      expect(orders.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(orders.pageInfo.endCursor).toBe(orders.edges.at(-1).cursor);
      seen.push(...idsOf(orders));
      after = orders.pageInfo.endCursor;
      if (!orders.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual([
      'cancelled',
      'unconverted',
      'abroad',
      'huge',
      ...Array.from({ length: 12 }, (_, i) => `o${12 - i}`),
    ]);
  });

  it.each([
    ['{ customerId: "c1" }', ['huge', 'o7', 'o1']],
    ['{ status: CANCELLED }', ['cancelled']],
    ['{ currency: "USD" }', ['unconverted', 'abroad']],
    ['{ country: "FR" }', []],
    ['{ placedFrom: "2024-03-02T12:00:00Z", placedTo: "2024-03-04T12:00:00Z" }', ['o3', 'o2']],
    ['{ customerId: "c1", placedTo: "2024-03-07T12:00:00Z" }', ['o1']],
  ])('keep to the filter %s', async (filter, ids) => {
    const query = `query($c: ConsistencyInput) { orders(filter: ${filter}, consistency: $c) { edges { node { id } } asOf { position } } }`;
    const { orders } = await ask(query);
    expect(idsOf(orders)).toEqual(ids);
    expect(orders.asOf.position >= token).toBe(true);
  });
});

describe('customers', () => {
  it('are those that registered and those that orders named', async () => {
    await send(
      'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { ... on CustomerAccepted { consistencyToken } ... on Failure { code } } }',
      { idempotencyKey: 'k', customerId: 'new', name: 'New', country: 'AT' },
    );
    const { customers } = await ask(
      'query($c: ConsistencyInput) { customers(first: 3, consistency: $c) { edges { cursor node { id name country rfm { tier } } } pageInfo { hasNextPage endCursor } } }',
    );
    expect(customers.edges[0].node).toMatchObject({ id: 'c1', name: null, country: 'DE' });
    expect(customers.pageInfo.hasNextPage).toBe(true);
    const rest = await ask(
      'query($c: ConsistencyInput, $after: String) { customers(after: $after, consistency: $c) { edges { node { id name rfm { tier } } } } }',
      { after: customers.pageInfo.endCursor },
    );
    expect(rest.customers.edges.map((edge: Json) => edge.node.id)).toEqual(['c4', 'c5', 'c6', 'gone', 'new']);
    expect(rest.customers.edges.slice(3)).toEqual([
      { node: { id: 'gone', name: null, rfm: null } },
      { node: { id: 'new', name: 'New', rfm: null } },
    ]);
  });

  it('have scores, a segment, a tier, and their orders', async () => {
    const { customer } = await ask(`query($c: ConsistencyInput) { customer(id: "c1", consistency: $c) {
      id rfm { recency frequency monetary recencyScore frequencyScore monetaryScore segment tier unconverted asOf { position } }
      orders(first: 2) { edges { node { id customer { id } } } pageInfo { hasNextPage } asOf { position } } } }`);
    expect(customer.rfm).toMatchObject({
      recency: '2024-04-01T12:00:00.000Z',
      frequency: 3,
      monetary: '5010.00',
      recencyScore: 5,
      frequencyScore: 5,
      monetaryScore: 5,
      segment: 'CHAMPIONS',
      tier: 'VIP',
      unconverted: 0,
    });
    expect(customer.orders.edges.map((edge: Json) => edge.node.id)).toEqual(['huge', 'o7']);
    expect(customer.orders.pageInfo.hasNextPage).toBe(true);
  });

  it('are null where nothing names them', async () => {
    const query = 'query($c: ConsistencyInput) { customer(id: "nobody", consistency: $c) { id } }';
    expect(await ask(query)).toEqual({ customer: null });
  });

  it('of a segment or a tier are those whose own scores say so', async () => {
    const { all } = await ask(
      'query($c: ConsistencyInput) { all: customers(consistency: $c) { edges { node { id rfm { segment tier } } } } }',
    );
    const scored = all.edges.map((edge: Json) => edge.node).filter((node: Json) => node.rfm);
    expect(scored).toHaveLength(6);
    for (const tier of ['VIP', 'GOLD', 'SILVER']) {
      const { customers } = await ask(
        `query($c: ConsistencyInput) { customers(tier: ${tier}, consistency: $c) { edges { node { id } } } }`,
      );
      const expected = scored.filter((node: Json) => node.rfm.tier === tier).map((node: Json) => node.id);
      expect(customers.edges.map((edge: Json) => edge.node.id)).toEqual(expected);
      expect(expected).toHaveLength(2);
    }
    const { customers } = await ask(
      'query($c: ConsistencyInput) { customers(segment: CHAMPIONS, tier: VIP, consistency: $c) { edges { node { id rfm { segment } } } asOf { position } } }',
    );
    expect(customers.edges.map((edge: Json) => edge.node.id)).toContain('c1');
    for (const { node } of customers.edges) expect(node.rfm.segment).toBe('CHAMPIONS');
  });
});

describe('rfm', () => {
  it('sums segments and tiers, empty ones too', async () => {
    const { rfm } = await ask(`query($c: ConsistencyInput) { rfm(consistency: $c) { population currency
      segments { segment customers monetary } tiers { tier customers monetary } asOf { position } } }`);
    expect(rfm).toMatchObject({ population: 6, currency: 'EUR' });
    expect(rfm.segments).toHaveLength(10);
    expect(rfm.tiers.map(({ tier, customers }: Json) => [tier, customers])).toEqual([
      ['VIP', 2],
      ['GOLD', 2],
      ['SILVER', 2],
    ]);
    const cents = (rows: Json[]) =>
      rows.reduce((sum, row) => sum + Math.round(Number(row.monetary) * 100), 0);
    expect(cents(rfm.segments)).toBe(cents(rfm.tiers));
    expect(cents(rfm.tiers)).toBe(511_000);
    expect(rfm.segments.reduce((sum: number, row: Json) => sum + row.customers, 0)).toBe(6);
  });
});

describe('categoryRevenue', () => {
  const FIELDS = `currency rows { category gross discounts returns net units orders }
    total { gross net returns units unitsReturned orders } unconverted { currency orders documents gross } asOf { position time }`;

  it('adds what was converted into the reporting currency, and shows what was not', async () => {
    const { categoryRevenue } = await ask(
      `query($c: ConsistencyInput) { categoryRevenue(consistency: $c) { ${FIELDS} } }`,
    );
    expect(categoryRevenue).toMatchObject({
      currency: 'EUR',
      rows: [
        { category: 'Boats', gross: '5000.00', net: '5000.00', units: 1, orders: 1 },
        { category: 'Books', gross: '130.00', returns: '10.00', net: '120.00', units: 13, orders: 13 },
      ],
      total: { gross: '5130.00', net: '5120.00', returns: '10.00', units: 14, unitsReturned: 1, orders: 14 },
      unconverted: [{ currency: 'USD', orders: 1, documents: 1, gross: '7.00' }],
    });
    expect(categoryRevenue.asOf.position >= token).toBe(true);
  });

  it('shows another currency by itself', async () => {
    const { categoryRevenue } = await ask(
      `query($c: ConsistencyInput) { categoryRevenue(currency: "USD", consistency: $c) { ${FIELDS} } }`,
    );
    expect(categoryRevenue).toMatchObject({ currency: 'USD', total: { gross: '27.00' }, unconverted: [] });
  });

  it('counts by either clock, from the first day to the last, both inclusive', async () => {
    const in_ = async (from: string, to: string, clock: string) => {
      const query = `query($c: ConsistencyInput, $from: Date, $to: Date, $clock: Clock!) {
        categoryRevenue(from: $from, to: $to, clock: $clock, consistency: $c) { total { gross returns net } } }`;
      return (await ask(query, { from, to, clock })).categoryRevenue.total;
    };
    expect(await in_('2024-03-01', '2024-03-01', 'PROCESSED')).toMatchObject({
      gross: '10.00',
      net: '10.00',
    });
    expect(await in_('2024-03-01', '2024-03-01', 'ORDERED')).toMatchObject({ returns: '10.00', net: '0.00' });
    expect(await in_('2024-05-01', '2024-05-31', 'PROCESSED')).toMatchObject({
      gross: '0.00',
      net: '-10.00',
    });
    expect(await in_('2024-03-01', '2024-03-02', 'PROCESSED')).toMatchObject({ gross: '21.00' });
  });
});

describe('anomalies', () => {
  const NODE = `order { id } amount currency zScore mean standardDeviation population reason position`;

  it('NOW: what lies beyond the threshold of today, and why', async () => {
    const { anomalies, anomalyBaseline: baseline } = await ask(`query($c: ConsistencyInput) {
      anomalies(consistency: $c) { totalCount edges { cursor node { ${NODE} } } pageInfo { hasNextPage } asOf { position } }
      anomalyBaseline(consistency: $c) { currency population mean standardDeviation low high asOf { position } } }`);
    expect(anomalies.totalCount).toBe(1);
    const [{ node }] = anomalies.edges;
    expect(node).toMatchObject({ order: { id: 'huge' }, amount: '5000.00', currency: 'EUR', population: 13 });
    // 12 orders of 9, 10 and 11, and one of 5,000: sum 5,120.
    expect(node.mean).toBe('393.846154');
    const deviation = Number(node.standardDeviation);
    expect(node.zScore).toBeCloseTo((5000 - 5120 / 13) / deviation, 6);
    expect(node.reason).toBe(
      `5,000.00 is ${node.zScore.toFixed(2)} standard deviations above the mean of 393.85 over 13 orders`,
    );
    expect(baseline).toMatchObject({ currency: 'EUR', population: 13, mean: node.mean });
    expect(Number(baseline.high)).toBeCloseTo(5120 / 13 + 2 * deviation, 4);
    expect(Number(baseline.low)).toBeCloseTo(5120 / 13 - 2 * deviation, 4);
    expect(baseline.low).toMatch(/^-\d+\.\d{6}$/);
  });

  it('AT_ARRIVAL: what was far off when it came', async () => {
    const { anomalies } = await ask(
      `query($c: ConsistencyInput) { anomalies(basis: AT_ARRIVAL, consistency: $c) { totalCount edges { node { ${NODE} } } } }`,
    );
    // The cancelled order was far above the twelve small ones only before the huge one came.
    expect(anomalies.totalCount).toBe(1);
    const [{ node }] = anomalies.edges;
    expect(node).toMatchObject({ order: { id: 'huge' }, mean: '10.000000', population: 12 });
    expect(node.zScore).toBeGreaterThan(100);
  });

  it('ROBUST: not below 30 orders', async () => {
    const { anomalies } = await ask(
      `query($c: ConsistencyInput) { anomalies(basis: ROBUST, consistency: $c) { totalCount edges { node { ${NODE} } } asOf { position } } }`,
    );
    expect(anomalies).toMatchObject({ totalCount: 0, edges: [] });
  });

  it('take any threshold of up to 6 decimals, and page', async () => {
    const page = async (after: string | null) =>
      (
        await ask(
          `query($c: ConsistencyInput, $after: String) { anomalies(threshold: "0.000001", first: 10, after: $after, consistency: $c) {
            totalCount edges { node { order { id status } } } pageInfo { hasNextPage endCursor } } }`,
          { after },
        )
      ).anomalies;
    const first = await page(null);
    expect(first).toMatchObject({ totalCount: 13, pageInfo: { hasNextPage: true } });
    const second = await page(first.pageInfo.endCursor);
    const ids = [...first.edges, ...second.edges].map((edge: Json) => edge.node.order.id);
    expect(ids).toEqual(['huge', ...Array.from({ length: 12 }, (_, i) => `o${12 - i}`)]);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  it('are none in a currency without orders', async () => {
    const { anomalies, anomalyBaseline } = await ask(`query($c: ConsistencyInput) {
      anomalies(currency: "JPY", consistency: $c) { totalCount }
      anomalyBaseline(currency: "JPY", consistency: $c) { population mean standardDeviation low high } }`);
    expect(anomalies.totalCount).toBe(0);
    expect(anomalyBaseline).toEqual({
      population: 0,
      mean: null,
      standardDeviation: null,
      low: null,
      high: null,
    });
  });
});

it('product: what is listed', async () => {
  await send(
    'mutation($input: ListProductInput!) { listProduct(input: $input) { ... on ProductAccepted { consistencyToken } ... on Failure { code } } }',
    {
      idempotencyKey: 'k',
      productId: 'p',
      name: 'Lantern',
      category: 'Boats',
      price: '1.2345',
      currency: 'EUR',
    },
  );
  const { product, none } = await ask(`query($c: ConsistencyInput) {
    product(id: "p", consistency: $c) { id name category price { amount currency } revision asOf { position } }
    none: product(id: "q") { id } }`);
  expect(product).toMatchObject({
    id: 'p',
    name: 'Lantern',
    category: 'Boats',
    price: { amount: '1.2345', currency: 'EUR' },
    revision: 0,
  });
  expect(none).toBeNull();
});

it('projections: how far each has read', async () => {
  const { projections } = await ask(
    'query($c: ConsistencyInput) { projections(consistency: $c) { name generation position lagEvents lagSeconds status } }',
  );
  expect(projections.map(({ name }: Json) => name)).toEqual([
    'anomalies',
    'category-revenue',
    'customers',
    'orders',
    'products',
    'rfm',
  ]);
  for (const projection of projections)
    expect(projection).toMatchObject({ generation: 1, lagEvents: 0, lagSeconds: 0, status: 'LIVE' });
});

describe('arguments that nothing can be answered for', () => {
  it.each([
    ['{ orders(first: 0) { asOf { position } } }', 'first: must be from 1 to 1000'],
    ['{ orders(first: 1001) { asOf { position } } }', 'first: must be from 1 to 1000'],
    ['{ orders(after: "nonsense") { asOf { position } } }', 'after: this is no cursor of this list'],
    ['{ customers(after: "?") { asOf { position } } }', 'after: this is no cursor of this list'],
    ['{ categoryRevenue(currency: "XYZ") { currency } }', 'currency: must be an ISO 4217 code'],
    [
      '{ categoryRevenue(from: "2024-02-01", to: "2024-01-31") { currency } }',
      'to: must not lie before from',
    ],
    ['{ anomalies(basis: AT_ARRIVAL, threshold: 0.5) { totalCount } }', 'threshold: must be 1 or more'],
    ['{ rfm(consistency: { token: "soon" }) { currency } }', 'this is no consistency token'],
    ['{ customer(id: "c1") { orders(first: 5000) { asOf { position } } } }', 'first: must be from 1 to 1000'],
  ])('%s', async (query, message) => {
    const { errors } = await api.post(query);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
