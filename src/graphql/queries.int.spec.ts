import type { Json } from '../../test/support/api';
import { openSmallShop, type SmallShop } from '../../test/support/small-shop';

let small: SmallShop;
let ask: SmallShop['ask'];

beforeAll(async () => {
  small = await openSmallShop();
  ask = small.ask;
}, 120_000);
afterAll(() => small.api.close());

describe('categoryRevenue', () => {
  const FIELDS = `currency rows { category gross discounts returns net units orders }
    total { gross net returns units unitsReturned orders } unconverted { currency orders documents gross
    } asOf { position time }`;

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
    expect(categoryRevenue.asOf.position >= small.token()).toBe(true);
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
        categoryRevenue(from: $from, to: $to, clock: $clock, consistency: $c) { total { gross returns net
        } } }`;
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
      anomalies(consistency: $c) { totalCount edges { cursor node { ${NODE} } } pageInfo { hasNextPage }
      asOf { position } }
      anomalyBaseline(consistency: $c) { currency population mean standardDeviation low high asOf {
      position } } }`);
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
      'query($c: ConsistencyInput) { anomalies(basis: AT_ARRIVAL, consistency: $c) ' +
        `{ totalCount edges { node { ${NODE} } } } }`,
    );
    // For 99.00 the cancelled order was not far off: by then the huge one was there.
    expect(anomalies.totalCount).toBe(1);
    const [{ node }] = anomalies.edges;
    expect(node).toMatchObject({ order: { id: 'huge' }, mean: '10.000000', population: 12 });
    expect(node.zScore).toBeGreaterThan(100);
  });

  it('ROBUST: not below 30 orders', async () => {
    const { anomalies } = await ask(
      'query($c: ConsistencyInput) { anomalies(basis: ROBUST, consistency: $c) { totalCount edges { node ' +
        `{ ${NODE} } } asOf { position } } }`,
    );
    expect(anomalies).toMatchObject({ totalCount: 0, edges: [] });
  });

  it('take any threshold of up to 6 decimals, and page', async () => {
    const page = async (after: string | null) =>
      (
        await ask(
          `query($c: ConsistencyInput, $after: String) { anomalies(threshold: 0.000001, first: 10, after:
          $after, consistency: $c) {
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
  await small.shop.listProduct('p', 'Lantern', 'Boats', '1.2345');
  const { product, none } = await ask(`query($c: ConsistencyInput) {
    product(id: "p", consistency: $c) { id name category price { amount currency } revision asOf {
    position } }
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
    'query($c: ConsistencyInput) { projections(consistency: $c) { name generation position lagEvents ' +
      'lagSeconds status } }',
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
    const { errors } = await small.api.post(query);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
