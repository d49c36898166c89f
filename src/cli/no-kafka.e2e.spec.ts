import { runProgram } from '../../test/support/program';
import { createTestStore, type TestStore } from '../../test/support/store';

describe('tidemark without Kafka', () => {
  let shop: TestStore;
  beforeAll(async () => {
    shop = await createTestStore();
  });
  afterAll(() => shop.close());

  it('says in one sentence that there is none, or that it does not answer', async () => {
    const DATABASE_URL = shop.database.url;
    const without = await runProgram(['bridge', 'status'], { DATABASE_URL });
    expect(without).toEqual({ exitCode: 2, stdout: '', stderr: 'There is no Kafka: give KAFKA_BROKERS.\n' });
    const dead = await runProgram(['bridge', 'status'], { DATABASE_URL, KAFKA_BROKERS: '127.0.0.1:1' });
    expect(dead).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: .*127\.0\.0\.1:1\n$/),
    });
  });

  it('is not started as a bridge alone', async () => {
    const { exitCode, stderr } = await runProgram(['start', '--roles', 'bridge'], {
      DATABASE_URL: shop.database.url,
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'Configuration: TIDEMARK_ROLES=bridge has role bridge, which needs KAFKA_BROKERS\n',
    });
  });
});
