import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { runProgram } from '../../test/support/program';
import { FaultProxy } from '../../test/support/s3/fault-proxy';
import { describeS3 } from '../../test/support/s3/suite';
import { startS3, type TestS3 } from '../../test/support/s3/versitygw';
import { createTestStore, type TestStore } from '../../test/support/store';

/** Some 70,000 events. */
const BACKLOG_ORDERS = 15_000;
const BACKLOG_WITHIN_MS = 300_000;
/** bytes; Node and DuckDB alone are 200 MB */
const MOST_MEMORY = 768 * 1024 ** 2;
const REPORT_MEMORY = path.join(__dirname, '../../test/support/report-memory.js');
const UPLOAD = /^PUT .*\.parquet/;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidemark-e2e-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = (databaseUrl: string, endpoint: string, lakeUrl: string) => ({
  DATABASE_URL: databaseUrl,
  TIDEMARK_DATA_DIR: path.join(folder, 'data'),
  LAKE_URL: lakeUrl,
  S3_ENDPOINT: endpoint,
  AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? 'any',
  AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? 'any',
});

describeS3('a lake on S3', () => {
  let s3: TestS3;
  let shop: TestStore;
  beforeAll(async () => {
    s3 = await startS3();
  });
  beforeEach(async () => {
    shop = await createTestStore();
  });
  afterEach(() => shop.close());
  afterAll(() => s3?.stop());

  it('gets the log once, and says how far it is', async () => {
    await writeLog(shop.store, mixedLog(20));
    const env = environment(shop.database.url, s3.endpoint, `s3://${s3.bucket}/${s3.prefix}/small`);
    const run = await runProgram(['export', 'run', '--json'], env);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(run.stdout)).toMatchObject({ events: await shop.store.countAfter(null) });
    expect(JSON.parse((await runProgram(['export', 'run', '--json'], env)).stdout)).toMatchObject({
      events: 0,
    });
    const status = JSON.parse((await runProgram(['export', 'status', '--json'], env)).stdout);
    expect(status).toContainEqual(
      expect.objectContaining({ dataset: 'events', lagEvents: 0, rows: await shop.store.countAfter(null) }),
    );
  });

  it(
    'that is slow gets a long backlog with bounded memory and few uploads at once',
    async () => {
      await writeLog(shop.store, mixedLog(BACKLOG_ORDERS));
      const proxy = await FaultProxy.open(s3.endpoint);
      const report = path.join(folder, 'memory');
      try {
        proxy.delayMs = 100;
        let [uploads, most] = [0, 0];
        proxy.watch = (request, change) => {
          if (!UPLOAD.test(request)) return;
          uploads += change;
          most = Math.max(most, uploads);
        };
        const env = {
          ...environment(shop.database.url, proxy.endpoint, `s3://${s3.bucket}/${s3.prefix}/backlog`),
          NODE_OPTIONS: `--require ${REPORT_MEMORY}`,
          TIDEMARK_TEST_MEMORY: report,
        };
        const { exitCode, stdout } = await runProgram(['export', 'run', '--json'], env);
        expect(exitCode).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ events: await shop.store.countAfter(null) });
        expect(most).toBeGreaterThan(1);
        expect(most).toBeLessThanOrEqual(8);
        expect(Number(await readFile(report, 'utf8'))).toBeLessThan(MOST_MEMORY);
      } finally {
        await proxy.close();
      }
    },
    BACKLOG_WITHIN_MS,
  );
});
