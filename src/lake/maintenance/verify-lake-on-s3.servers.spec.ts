import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CUT_LIMITS, loadFrom } from '../../../test/support/lake/many-files';
import { catalogIn, ExportedLake } from '../../../test/support/lake/test-lake';
import { mixedLog, writeLog } from '../../../test/support/mixed-log';
import { describeS3 } from '../../../test/support/s3/suite';
import { startS3 } from '../../../test/support/s3/versitygw';
import { createTestStore, type TestStore } from '../../../test/support/store';
import { datasets } from '../datasets/catalogue';
import { liveFiles } from '../tables/live-files';
import { emptyTable } from '../tables/rollback';
import { verifyLake } from './verify-lake';

describeS3('the data files of a lake on S3', () => {
  let shop: TestStore;
  beforeEach(async () => {
    shop = await createTestStore();
    await writeLog(shop.store, mixedLog(12));
  });
  afterEach(() => shop.close());

  it('are named when one bit is another, gone or swapped, refused by a load, and mended', async () => {
    const s3 = await startS3();
    const options = { url: `s3://${s3.bucket}/${s3.prefix}`, s3: { endpoint: s3.endpoint } };
    const lake = await ExportedLake.open(options);
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-verify-'));
    const check = () => verifyLake(catalogIn(lake.store), datasets, { workFolder: folder });
    const object = (key: string) => ({ Bucket: s3.bucket, Key: `${s3.prefix}/${key}` });
    try {
      await lake.export(shop.store, { limits: CUT_LIMITS });
      const sound = await check();
      expect(sound).toMatchObject({ withoutChecksum: 0, bad: [] });
      const keys: string[] = [];
      for await (const { path } of liveFiles(catalogIn(lake.store), 'orders')) keys.push(path);
      const [flipped, gone] = keys as [string, string];
      const bytes = (await lake.store.get(flipped)) as Buffer;
      bytes[bytes.length - 9] = (bytes[bytes.length - 9] as number) ^ 16;
      await s3.client.send(new PutObjectCommand({ ...object(flipped), Body: bytes }));
      await s3.client.send(new DeleteObjectCommand(object(gone)));
      expect((await check()).bad).toEqual([
        { dataset: 'orders', file: flipped, problem: expect.stringMatching(/^is damaged/) },
        { dataset: 'orders', file: gone, problem: 'is gone' },
      ]);
      await expect(loadFrom(lake.store, folder)).rejects.toThrow(`${flipped} of the lake is damaged`);
      await emptyTable(lake.catalog(), 'orders');
      await lake.export(shop.store);
      expect(await check()).toEqual(sound);
    } finally {
      await lake.remove();
      await rm(folder, { recursive: true, force: true });
      await s3.stop();
    }
  });
});
