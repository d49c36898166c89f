import type { PoolClient } from 'pg';
import { startTestApi, type TestApi } from '../../test/support/api';

const CONNECTIONS = 2;
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ pool: { max: CONNECTIONS, waitMs: 200 } });
});
afterAll(() => api.close());

async function whileAllAreAtWork<T>(work: () => Promise<T>): Promise<T> {
  const held: PoolClient[] = [];
  while (held.length < CONNECTIONS) held.push(await api.pool.connect());
  try {
    return await work();
  } finally {
    for (const client of held) client.release();
  }
}

describe('when all database connections stay at work', () => {
  it.each([
    ['a statement', 'order', '{ order(id: "x") { id } }'],
    ['a snapshot', 'anomalies', '{ anomalies(currency: "EUR") { asOf { position } } }'],
  ])('%s is answered with OVERLOADED, and with data once they are free', async (_, field, query) => {
    const refused = await whileAllAreAtWork(() => api.post(query));
    expect(refused.status).toBe(200);
    expect(refused.errors).toEqual([
      {
        message: 'The service is busy. Try again in a moment.',
        locations: expect.anything(),
        path: [field],
        extensions: { code: 'OVERLOADED' },
      },
    ]);
    expect(api.log.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 40, path: [field], correlationId: expect.any(String) }),
    );
    expect((await api.post(query)).errors).toBeUndefined();
  });
});
