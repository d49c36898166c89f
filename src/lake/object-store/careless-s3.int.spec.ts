import { startCarelessServer } from '../../../test/support/s3/careless-server';
import { openS3Store } from './s3-store';
import { testObjectStore } from './self-test';

describe.each([
  { what: 'does not look at If-None-Match', looks: false, winners: /20/ },
  { what: 'looks, and then writes', looks: true, winners: /\d+/ },
])('S3 that $what', ({ looks, winners }) => {
  it('is refused by the self-test, which leaves nothing behind', async () => {
    const server = await startCarelessServer({ looks });
    process.env.AWS_ACCESS_KEY_ID = 'any';
    process.env.AWS_SECRET_ACCESS_KEY = 'any';
    const store = openS3Store({ bucket: 'shop', prefix: 'lake', endpoint: server.endpoint });
    await expect(testObjectStore(store)).rejects.toThrow(
      new RegExp(`^s3://shop/lake does not enforce If-None-Match: ${winners.source} writers won one key`),
    );
    expect(server.objects.size).toBe(0);
    await store.close();
    await server.close();
  });
});
