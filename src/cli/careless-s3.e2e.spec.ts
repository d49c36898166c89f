import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runProgram, startProgram } from '../../test/support/program';
import { type CarelessServer, startCarelessServer } from '../../test/support/s3/careless-server';
import { createTestStore, type TestStore } from '../../test/support/store';

describe('a lake on a server that does not look at If-None-Match', () => {
  const REFUSAL = 's3://shop/lake does not enforce If-None-Match: 20 writers won one key.';
  let folder: string;
  let server: CarelessServer;
  let shop: TestStore;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidemark-e2e-'));
    [server, shop] = await Promise.all([startCarelessServer(), createTestStore()]);
    env = {
      DATABASE_URL: shop.database.url,
      TIDEMARK_DATA_DIR: path.join(folder, 'data'),
      LAKE_URL: 's3://shop/lake',
      S3_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    };
  });
  afterEach(async () => {
    expect([...server.objects.keys()]).toEqual([]);
    await server.close();
    await shop.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused by `export run` with one clear error', async () => {
    const { exitCode, stdout, stderr } = await runProgram(['export', 'run'], env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: .*\n$/);
    expect(stderr).toContain(REFUSAL);
  });

  it.each(['compact', 'expire', 'rollback orders --snapshot 1'])(
    'is not committed to by `export %s`',
    async (command) => {
      const storeIdentity = await shop.store.identity();
      server.objects.set('/shop/lake/_tidemark/lake.json', Buffer.from(JSON.stringify({ storeIdentity })));
      const { exitCode, stderr } = await runProgram(['export', ...command.split(' ')], env);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(REFUSAL);
    },
  );

  it('is refused by `start`, which says so again and again and serves all the same', async () => {
    const program = await startProgram(env);
    let said = '';
    program.process.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    while (!said.includes(REFUSAL)) await delay(20);
    while ((await fetch(program.at('/readyz'))).status !== 200) await delay(20);
    expect((await program.end()).exitCode).toBe(0);
  });
});
