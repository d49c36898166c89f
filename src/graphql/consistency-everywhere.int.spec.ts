import { eventually, type Json, startTestApi, type TestApi } from '../../test/support/api';
import { whileHeldBack } from '../../test/support/hold-back';
import { Shop } from '../../test/support/shop';
import {
  ask,
  askAll,
  atTheEnd,
  edgesOfAll,
  positionsIn,
  rootsOf,
  type Way,
  waysThrough,
} from '../../test/support/ways';
import { projections } from '../projections/read-models/catalogue';
import { buildSchema } from './schema';

const schema = buildSchema();
const ways = waysThrough(schema);
const roots = rootsOf(ways);
const names = projections.map(({ name }) => name);
const SAMPLES = {
  'Query.order': 'id: "o0"',
  'Query.customer': 'id: "ada"',
  'Query.product': 'id: "mug"',
};

let api: TestApi;
let shop: Shop;
let writes = 0;

beforeAll(async () => {
  api = await startTestApi({ reportingCurrency: 'EUR' });
  shop = new Shop(api);
  await shop.registerCustomer('ada', 'Ada', 'DE');
  await shop.listProduct('mug', 'Mug', 'Kitchen', '7.50');
  for (let i = 0; i < 8; i++) await shop.place(`o${i}`, { customerId: 'ada', price: `1${i}.00` });
  await shop.returnOne('o0', 'Books');
  await shop.place('unconverted', { currency: 'USD' });
  // Placed last, so that the lists, which begin with the newest, have it.
  await shop.place('huge', { customerId: 'ada', price: '90000.00' });
  await shop.returnOne('huge', 'Books');
}, 60_000);
afterAll(() => api.close());

/** A write that every read model reads. */
const write = () => shop.place(`w${writes++}`, { customerId: 'ada', price: '12.00' });

const hasPassed = (projection: string, token: string) =>
  api.progress.waitFor(projection, token, { timeoutMs: 20_000 });

const under = (token: string, timeoutMs: number) =>
  `consistency: { token: "${token}", timeoutMs: ${timeoutMs} }`;

it('goes over every edge of the schema', () => {
  const edges = new Set(ways.flatMap(({ fields }) => fields.map(({ name }) => name)));
  expect([...edges].sort()).toEqual(edgesOfAll(schema));
});

it('knows an object at the end of every way, so that none is looked at in vain', async () => {
  const token = shop.token;
  const empty: string[] = [];
  for (const way of ways) {
    const data = await api.ask(`{ ${ask(way, SAMPLES, under(token, 20_000))} }`);
    if (atTheEnd(way, data).length === 0) empty.push(way.name);
  }
  expect(ways.length).toBeGreaterThan(30);
  expect(empty).toEqual([]);
});

it.each(names)('no way answers without the write while %s is behind it', async (behind) => {
  const stale: string[] = [];
  let lagging = 0;
  await whileHeldBack(api, [behind], async () => {
    const token = await write();
    for (const name of names.filter((each) => each !== behind))
      expect(await hasPassed(name, token)).toBe(true);
    const look = async (way: Way) => {
      const { data, errors = [] } = await api.post(`{ ${ask(way, SAMPLES, under(token, 0))} }`);
      if (errors.length > 0) {
        expect(errors[0]?.extensions).toMatchObject({ code: 'PROJECTION_LAGGING', projection: behind });
        lagging++;
      } else if (positionsIn(data).some((position) => position < token)) stale.push(way.name);
    };
    for (const way of ways) await look(way);
  });
  expect(stale).toEqual([]);
  expect(lagging).toBeGreaterThan(0);
});

describe('beside fields that ask without a token, and have read before the write was shown', () => {
  let read = 0;
  beforeAll(() => {
    const query = api.pool.query.bind(api.pool) as (...args: unknown[]) => Promise<unknown>;
    api.pool.query = ((...args: unknown[]) => query(...args).finally(() => read++)) as typeof api.pool.query;
  });

  it.each(roots.map((root) => [root.name, root] as const))(
    '%s has the write, at every edge',
    async (_, root) => {
      const now = roots.map((each, index) => askAll(each, SAMPLES, '', `now${index}`)).join('\n');
      const [answer, token] = await whileHeldBack(api, names, async () => {
        const written = await write();
        read = 0;
        await api.ask(`{ ${now} }`);
        const ofNow = read;
        read = 0;
        const sure = askAll(root, SAMPLES, under(written, 20_000), 'sure');
        const asked: Promise<Json> = api.ask(`{ ${now}\n${sure} }`);
        asked.catch(() => {});
        await eventually(() => read >= ofNow);
        return [asked, written] as const;
      });
      const { sure, ...others } = await answer;
      expect(positionsIn(others).some((position) => position < token)).toBe(true);
      const positions = positionsIn(sure);
      expect(positions.length).toBeGreaterThan(0);
      expect(positions.filter((position) => position < token)).toEqual([]);
    },
  );
});
