import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { type Fault, FaultProxy } from '../../../test/support/s3/fault-proxy';
import { describeS3 } from '../../../test/support/s3/suite';
import { startS3, type TestS3 } from '../../../test/support/s3/versitygw';
import { type ObjectStore, ObjectStoreError, UnknownOutcomeError } from './object-store';
import { openS3Store } from './s3-store';
import { testObjectStore } from './self-test';

const LARGE = 34 * 1024 ** 2;
const TRIES = 3;
const PUT = /^PUT [^?]*(\?x-id=PutObject)?$/;
const COMPLETE = /^POST .*uploadId=/;

describeS3('S3 that fails', () => {
  let s3: TestS3;
  let proxy: FaultProxy;
  let store: ObjectStore;
  let folder: string;
  let tests = 0;
  let key: string;

  beforeAll(async () => {
    s3 = await startS3();
    proxy = await FaultProxy.open(s3.endpoint);
    store = openS3Store({
      bucket: s3.bucket,
      prefix: s3.prefix,
      endpoint: proxy.endpoint,
      limits: { tries: TRIES, backoffMs: 5, deadlineMs: 1_000 },
    });
    folder = await mkdtemp(join(tmpdir(), 'tidemark-faults-'));
    await writeFile(join(folder, 'large'), randomBytes(LARGE));
  });
  beforeEach(() => {
    key = `object-${tests++}`;
    proxy.heal();
  });
  afterAll(async () => {
    await store?.close();
    await proxy?.close();
    await s3?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const putLarge = () => store.putFileIfAbsent(key, join(folder, 'large'));
  const uploadsLeft = async () => {
    const { Uploads = [] } = await s3.client.send(
      new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: `${s3.prefix}/` }),
    );
    return Uploads.length;
  };
  async function expectLarge(): Promise<void> {
    const body = await readFile(join(folder, 'large'));
    expect((await store.get(key))?.equals(body)).toBe(true);
  }

  describe('in writing an object', () => {
    it.each<Fault>(['conflict', 'internalError', 'slowDown', 'silence', 'cut'])(
      'once with %s: it is written by the next try',
      async (fault) => {
        proxy.spoil(PUT, fault);
        expect(await store.putIfAbsent(key, randomBytes(300_000))).toBe('created');
        expect(proxy.seen.filter((line) => PUT.test(line))).toHaveLength(2);
      },
    );

    it('by losing the answer: it is there, and whose it is the caller has to see', async () => {
      proxy.spoil(PUT, 'lostAnswer');
      expect(await store.putIfAbsent(key, Buffer.from('mine'))).toBe('exists');
      expect(String(await store.get(key))).toBe('mine');
    });

    it('by losing every answer: it is found by looking for it', async () => {
      proxy.spoilAll(PUT, 'lostAnswer');
      expect(await store.putIfAbsent(key, Buffer.from('mine'))).toBe('exists');
      expect(proxy.seen.filter((line) => PUT.test(line))).toHaveLength(TRIES);
    });

    it.each<Fault>(['internalError', 'slowDown', 'silence', 'cut'])(
      'always with %s: the outcome is unknown',
      async (fault) => {
        proxy.spoilAll(PUT, fault);
        const failure = await store.putIfAbsent(key, randomBytes(1000)).catch((error: Error) => error);
        expect(failure).toBeInstanceOf(UnknownOutcomeError);
        expect((failure as Error).message).toContain(`in bucket ${s3.bucket} at ${proxy.endpoint} failed`);
        expect((failure as Error).message).toContain('may or may not have been written');
        expect(await store.get(key)).toBeUndefined();
      },
    );

    it('always with a conflict: it was certainly not written', async () => {
      proxy.spoilAll(PUT, 'conflict');
      await expect(store.putIfAbsent(key, Buffer.from('x'))).rejects.toThrow(ObjectStoreError);
    });

    it('and in everything else: the outcome is unknown, and it is there', async () => {
      proxy.spoilAll(/./, 'lostAnswer');
      await expect(store.putIfAbsent(key, Buffer.from('mine'))).rejects.toThrow(UnknownOutcomeError);
      proxy.heal();
      expect(String(await store.get(key))).toBe('mine');
    });

    it('on a hint: it is written by the next try', async () => {
      proxy.spoil(PUT, 'lostAnswer', 'internalError');
      await store.put(key, Buffer.from('hint'));
      expect(String(await store.get(key))).toBe('hint');
    });
  });

  describe('in writing a large file', () => {
    afterEach(async () => {
      expect(await uploadsLeft()).toBe(0);
    });

    it.each<Fault>(['internalError', 'slowDown', 'lostAnswer', 'cut', 'silence'])(
      'with %s of a part: the part is sent again',
      async (fault) => {
        proxy.spoil(/partNumber=2/, fault);
        expect(await putLarge()).toBe('created');
        await expectLarge();
      },
    );

    it.each<Fault>(['internalError', 'conflict', 'silence'])(
      'with %s of its completion: it is completed by the next try',
      async (fault) => {
        proxy.spoil(COMPLETE, fault);
        expect(await putLarge()).toBe('created');
        await expectLarge();
      },
    );

    it.each<Fault>(['lostAnswer', 'truncated'])(
      'by %s of its completion: it is there once and whole',
      async (fault) => {
        proxy.spoil(COMPLETE, fault);
        expect(['created', 'exists']).toContain(await putLarge());
        await expectLarge();
      },
    );

    it('by losing the answer of its completion; the upload is gone: it is there once', async () => {
      proxy.spoil(COMPLETE, 'lostAnswer', 'noSuchUpload');
      expect(await putLarge()).toBe('exists');
      await expectLarge();
    });

    it('because somebody gave up the upload: it was certainly not written', async () => {
      proxy.spoil(COMPLETE, 'noSuchUpload');
      await expect(putLarge()).rejects.toThrow(ObjectStoreError);
      expect(await store.head(key)).toBeUndefined();
    });

    it('always in a part: nothing was written, and nothing is left', async () => {
      proxy.spoilAll(/partNumber=2/, 'internalError');
      await expect(putLarge()).rejects.toThrow(ObjectStoreError);
      expect(await store.head(key)).toBeUndefined();
    });

    it('always in the completion: the outcome is unknown', async () => {
      proxy.spoilAll(COMPLETE, 'internalError');
      await expect(putLarge()).rejects.toThrow(UnknownOutcomeError);
      expect(await store.head(key)).toBeUndefined();
    });
  });

  describe('in reading', () => {
    it.each<Fault>(['internalError', 'slowDown', 'lostAnswer', 'truncated', 'silence'])(
      'once with %s: it is read by the next try',
      async (fault) => {
        const body = randomBytes(100_000);
        await store.putIfAbsent(key, body);
        proxy.spoil(/^GET/, fault);
        expect(await store.get(key)).toEqual(body);
        proxy.spoil(/^GET/, fault);
        await store.download(key, join(folder, key));
        expect(await readFile(join(folder, key))).toEqual(body);
        proxy.spoil(/^GET/, fault);
        const found: string[] = [];
        for await (const info of store.list(key)) found.push(info.key);
        expect(found).toEqual([key]);
      },
    );

    it('always: it says so, and leaves no half of a file', async () => {
      await store.putIfAbsent(key, randomBytes(100_000));
      proxy.spoilAll(/^GET/, 'truncated');
      await expect(store.get(key)).rejects.toThrow(ObjectStoreError);
      await expect(store.download(key, join(folder, key))).rejects.toThrow(ObjectStoreError);
      expect((await readdir(folder)).filter((name) => name.startsWith(key))).toEqual([]);
    });

    it('by silence: it says that there was no answer in time', async () => {
      proxy.spoilAll(/^GET/, 'silence');
      await expect(store.get(key)).rejects.toThrow(/did not answer in time/);
    });
  });

  it('is deleted from once more', async () => {
    await store.putIfAbsent(key, Buffer.from('x'));
    proxy.spoil(/^POST/, 'lostAnswer', 'slowDown');
    await store.delete([key]);
    expect(await store.head(key)).toBeUndefined();
  });

  it('passes the self-test although an answer is lost', async () => {
    proxy.spoil(PUT, 'lostAnswer');
    await testObjectStore(store);
  });

  it('ends what is under way when it is closed', async () => {
    const other = openS3Store({ bucket: s3.bucket, prefix: s3.prefix, endpoint: proxy.endpoint });
    proxy.spoilAll(/^GET/, 'silence');
    const reading = other.get(key);
    const failed = expect(reading).rejects.toThrow(ObjectStoreError);
    await other.close();
    await failed;
  });
});
