import { createTestStore, type TestStore } from '../../../test/support/store';
import { ADVANCE_CHANNEL } from './advance';
import { ProjectionProgress } from './progress';

let test: TestStore;
let progress: ProjectionProgress;

beforeAll(async () => {
  test = await createTestStore();
  progress = new ProjectionProgress({ pool: test.database.pool, listener: test.listener });
  await progress.start();
});
afterAll(async () => {
  await progress.stop();
  await test.close();
});

it('goes on when somebody else notifies on its channel', async () => {
  const advance = { projection: 'orders', generation: 1, position: '0000000000000000007', recordedAt: null };
  const advanced = new Promise<void>((resolve) => {
    progress.onAdvance('orders', resolve);
  });
  for (const payload of ['', 'hello', '5', 'null', '[1]', '[null]', JSON.stringify([advance])])
    await test.database.pool.query('SELECT pg_notify($1, $2)', [ADVANCE_CHANNEL, payload]);
  await advanced;
  expect(progress.current('orders')?.position).toBe(advance.position);
});
