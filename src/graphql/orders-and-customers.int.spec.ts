import type { Json } from '../../test/support/api';
import { openSmallShop, type SmallShop } from '../../test/support/small-shop';

let small: SmallShop;
let ask: SmallShop['ask'];

beforeAll(async () => {
  small = await openSmallShop();
  ask = small.ask;
}, 120_000);
afterAll(() => small.api.close());

describe('order', () => {
  it('shows everything there is', async () => {
    const { order } = await ask(`query($c: ConsistencyInput) { order(id: "o1", consistency: $c) {
      id status revision customer { id } currency country region exchangeRate gross discounts returns
      shipping tax
      total { amount currency } placedAt lines { lineNumber productId productName category unitPrice
      quantity gross discount net }
      history { type at revision reason amount lines { productId quantity amount } } asOf { position time
      } } }`);
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
          productId: 'Books',
          productName: 'Books',
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
          lines: [{ productId: 'Books', quantity: 1, amount: '10.00' }],
        },
      ],
    });
    expect(order.asOf.position >= small.token()).toBe(true);
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
          edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          asOf { position } } }`,
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
    const query =
      `query($c: ConsistencyInput) { orders(filter: ${filter}, consistency: $c) ` +
      '{ edges { node { id } } asOf { position } } }';
    const { orders } = await ask(query);
    expect(idsOf(orders)).toEqual(ids);
    expect(orders.asOf.position >= small.token()).toBe(true);
  });
});

describe('customers', () => {
  it('are those that registered and those that orders named', async () => {
    await small.shop.registerCustomer('new', 'New', 'AT');
    const { customers } = await ask(
      'query($c: ConsistencyInput) { customers(first: 3, consistency: $c) { edges { cursor node { id name ' +
        'country rfm { tier } } } pageInfo { hasNextPage endCursor } } }',
    );
    expect(customers.edges[0].node).toMatchObject({ id: 'c1', name: null, country: 'DE' });
    expect(customers.pageInfo.hasNextPage).toBe(true);
    const rest = await ask(
      'query($c: ConsistencyInput, $after: String) { customers(after: $after, consistency: $c) ' +
        '{ edges { node { id name rfm { tier } } } } }',
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
      id rfm { recency frequency monetary recencyScore frequencyScore monetaryScore segment tier
      unconverted asOf { position } }
      orders(first: 2) { edges { node { id customer { id } } } pageInfo { hasNextPage } asOf { position }
      } } }`);
    expect(customer.rfm).toMatchObject({
      recency: '2024-04-01T12:00:00.000Z',
      frequency: 3,
      monetary: '5010.00',
      recencyScore: 5,
      frequencyScore: 5,
      monetaryScore: 5,
      segment: 'Champions',
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
      'query($c: ConsistencyInput) { all: customers(consistency: $c) { edges { node { id rfm { segment ' +
        'tier } } } } }',
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
      'query($c: ConsistencyInput) { customers(segment: "Champions", tier: VIP, consistency: $c) ' +
        '{ edges { node { id rfm { segment } } } asOf { position } } }',
    );
    expect(customers.edges.map((edge: Json) => edge.node.id)).toContain('c1');
    for (const { node } of customers.edges) expect(node.rfm.segment).toBe('Champions');
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
