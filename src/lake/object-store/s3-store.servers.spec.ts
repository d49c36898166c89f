import { randomBytes } from 'node:crypto';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { describeS3 } from '../../../test/support/s3/suite';
import { startS3, type TestS3 } from '../../../test/support/s3/versitygw';
import { objectStoreFeatures } from './object-store.features';
import { openObjectStore } from './open';
import { openS3Store } from './s3-store';

describeS3('S3', () => {
  let s3: TestS3;

  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(async () => {
    await s3?.stop();
  });

  const lake = (below: string) =>
    openObjectStore({ url: `s3://${s3.bucket}/${s3.prefix}/${below}`, s3: { endpoint: s3.endpoint } });
  const quick = { tries: 2, backoffMs: 1, deadlineMs: 2_000 };

  objectStoreFeatures('A bucket with a prefix', () => lake('features'));

  it('says where it is', async () => {
    const store = await lake('x');
    expect(store.root).toBe(`s3://${s3.bucket}/${s3.prefix}/x`);
    await store.close();
    const bare = openS3Store({ bucket: 'b', prefix: '', endpoint: s3.endpoint });
    expect(bare.root).toBe('s3://b');
    await bare.close();
  });

  it('keeps to its prefix', async () => {
    const [one, other] = [await lake('one'), await lake('one-other')];
    await one.putIfAbsent('a', Buffer.from('one'));
    await other.putIfAbsent('a', Buffer.from('other'));
    const keys: string[] = [];
    for await (const { key } of one.list('')) keys.push(key);
    expect(keys).toEqual(['a']);
    expect(String(await other.get('a'))).toBe('other');
    await one.close();
    await other.close();
  });

  it('gives up the uploads of its own prefix that are old enough', async () => {
    const store = await lake('stale');
    const begin = (Key: string) =>
      s3.client.send(new CreateMultipartUploadCommand({ Bucket: s3.bucket, Key }));
    await begin(`${s3.prefix}/stale/a`);
    await begin(`${s3.prefix}/stale/b`);
    await begin(`${s3.prefix}/elsewhere/c`);
    expect(await store.abortStaleUploads(60 * 60_000)).toBe(0);
    expect(await store.abortStaleUploads(0)).toBe(2);
    const left = await s3.client.send(
      new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: `${s3.prefix}/` }),
    );
    expect(left.Uploads?.map(({ Key }) => Key)).toEqual([`${s3.prefix}/elsewhere/c`]);
    await store.close();
  });

  describe('that cannot be used says why', () => {
    const { env } = process;
    afterEach(() => {
      process.env = env;
    });

    async function failureOf(bucket: string, vars: Record<string, string> = {}, endpoint = s3.endpoint) {
      process.env = { ...env, ...vars };
      const store = openS3Store({ bucket, prefix: 'p', endpoint, limits: quick });
      const attempts = [
        () => store.putIfAbsent('a', randomBytes(10)),
        () => store.get('a'),
        () => store.head('a'),
        () => store.delete(['a']),
      ];
      const messages: string[] = [];
      for (const attempt of attempts) {
        const error = await attempt().catch((thrown: Error) => thrown);
        expect(error).toMatchObject({ name: 'ObjectStoreError' });
        messages.push((error as Error).message);
      }
      await store.close();
      return messages;
    }

    it('when the bucket is gone', async () => {
      const bucket = await s3.createBucket();
      await s3.deleteBucket(bucket);
      for (const message of await failureOf(bucket)) {
        expect(message).toContain(`in bucket ${bucket} at ${s3.endpoint}`);
        expect(message).toContain('there is no such bucket; create it, or mend LAKE_URL');
      }
    });

    it('when the secret is wrong', async () => {
      const messages = await failureOf(s3.bucket, { AWS_SECRET_ACCESS_KEY: 'wrong' });
      for (const message of messages) expect(message).toMatch(/credentials (are refused|may not do that)/);
      expect(messages[0]).toContain('check AWS_ACCESS_KEY_ID');
    });

    it('when nobody knows the key id', async () => {
      const [writing] = await failureOf(s3.bucket, { AWS_ACCESS_KEY_ID: 'nobody' });
      expect(writing).toContain('the credentials are refused');
    });

    it('when there are no credentials', async () => {
      const [writing] = await failureOf(s3.bucket, {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_CONFIG_FILE: '/dev/null',
      });
      expect(writing).toContain('no credentials are found; set AWS_ACCESS_KEY_ID');
    });

    it('when nobody answers', async () => {
      const [writing] = await failureOf(s3.bucket, {}, 'http://127.0.0.1:1');
      expect(writing).toContain('nobody answers there (ECONNREFUSED); check S3_ENDPOINT');
    });
  });
});
