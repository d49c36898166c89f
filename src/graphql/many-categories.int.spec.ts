import { type Json, Subscribed, startTestApi, type TestApi } from '../../test/support/api';
import { Shop } from '../../test/support/shop';

let api: TestApi;
const CATEGORIES = 1_500;
const nameOf = (i: number) => `c${String(i).padStart(4, '0')}`;

beforeAll(async () => {
  api = await startTestApi();
  const shop = new Shop(api);
  await shop.place('usual');
  const lines = Array.from({ length: CATEGORIES }, (_, i) => ({
    productId: `p${i}`,
    category: nameOf(i),
    unitPrice: String(i + 1),
    quantity: 1,
  }));
  await shop.placeLines('o', lines);
}, 60_000);
afterAll(() => api.close());

it('an order of very many categories does not make every answer large', async () => {
  const { errors } = await api.post('{ categoryRevenue { rows { category } } }');
  expect(errors?.[0]).toMatchObject({
    message: 'There are more than 1000 categories: ask for pages of them with `first` and `after`',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

it('pages give every category once, and the total of all', async () => {
  const seen: string[] = [];
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const { categoryRevenue }: Json = await api.ask(
      'query($after: String) { categoryRevenue(first: 700, after: $after) { rows { category } total { ' +
        'orders units } } }',
      { after },
    );
    expect(categoryRevenue.total).toEqual({ orders: 2, units: CATEGORIES + 1 });
    const names = categoryRevenue.rows.map(({ category }: Json) => category);
    seen.push(...names);
    isLast = names.length < 700;
    after = names.at(-1);
  }
  expect(seen).toEqual(['Books', ...Array.from({ length: CATEGORIES }, (_, i) => nameOf(i))]);
});

it.each([0, 1001])('a page of %d categories is refused', async (first) => {
  const { errors } = await api.post(`{ categoryRevenue(first: ${first}) { currency } }`);
  expect(errors?.[0]?.message).toBe('first: must be from 1 to 1000');
});

it('live metrics show the largest categories by name, and the sums of all', async () => {
  const live = new Subscribed(
    api.connect(),
    'subscription { liveMetrics { orders units byCategory { category } } }',
  );
  const { liveMetrics } = await live.next();
  await live.end();
  expect(liveMetrics).toMatchObject({ orders: 2, units: CATEGORIES + 1 });
  expect(liveMetrics.byCategory.map(({ category }: Json) => category)).toEqual(
    Array.from({ length: 1000 }, (_, i) => nameOf(CATEGORIES - 1000 + i)),
  );
});
