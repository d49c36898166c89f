import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Child, startChild } from '../../../stack/child-process';
import { versitygwBinary } from './versitygw-binary';

const KEY_ID = 'testkey';
const SECRET = 'testsecretkey';
const START_WITHIN_MS = 20_000;
const RACERS = 20;

export interface TestS3 {
  endpoint: string;
  bucket: string;
  /** prefix of this suite's keys, without slashes at its ends */
  prefix: string;
  /** the SDK's client, without our adapter */
  client: S3Client;
  /** Makes a bucket that a test may delete. */
  createBucket(): Promise<string>;
  deleteBucket(bucket: string): Promise<void>;
  /** Removes what the suite left below its prefix, and ends the server if it is ours. */
  stop(): Promise<void>;
}

/**
 * Starts a server for a spec file, or takes the one of S3_TEST_ENDPOINT with S3_TEST_BUCKET. Afterwards its
 * credentials are in AWS_*, where the SDK finds them.
 * @throws Error when the server does not let exactly one of many writers create an object
 */
export async function startS3(): Promise<TestS3> {
  const prefix = `t${randomBytes(6).toString('hex')}`;
  const { S3_TEST_ENDPOINT: endpoint, S3_TEST_BUCKET: bucket = 'tidemark' } = process.env;
  if (endpoint) return checked({ endpoint, bucket, prefix, end: async () => {} });
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-s3-'));
  const port = await freePort();
  process.env.AWS_ACCESS_KEY_ID = KEY_ID;
  process.env.AWS_SECRET_ACCESS_KEY = SECRET;
  const child = await startChild([versitygwBinary(), '-q', '--port', `127.0.0.1:${port}`, 'posix', folder], {
    signal: 'SIGKILL',
    env: { ...process.env, ROOT_ACCESS_KEY: KEY_ID, ROOT_SECRET_KEY: SECRET },
  });
  child.output.resume();
  const end = async () => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return checked({ endpoint: `http://127.0.0.1:${port}`, bucket: 'lake', prefix, child, end });
}

interface Server {
  endpoint: string;
  bucket: string;
  prefix: string;
  /** absent: the server is that of S3_TEST_ENDPOINT */
  child?: Child;
  end(): Promise<void>;
}

async function checked({ endpoint, bucket, prefix, child, end }: Server): Promise<TestS3> {
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1' });
  const create = async (Bucket: string) => {
    await client.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  };
  const stop = async () => {
    if (!child) await removeAll(client, bucket, `${prefix}/`);
    client.destroy();
    await end();
  };
  try {
    if (child) {
      await untilReady(client, child);
      await create(bucket);
    }
    await expectOneWinner(client, bucket, `${prefix}/race`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    bucket,
    prefix,
    client,
    stop,
    createBucket: () => create(`own-${randomBytes(6).toString('hex')}`),
    deleteBucket: async (Bucket) => {
      await client.send(new DeleteBucketCommand({ Bucket }));
    },
  };
}

async function untilReady(client: S3Client, child: Child): Promise<void> {
  let ended: string | undefined;
  void child.ended.then((how) => {
    ended = how;
  });
  for (const limit = Date.now() + START_WITHIN_MS; ; await delay(20)) {
    try {
      await client.send(new ListBucketsCommand({}));
      return;
    } catch (error) {
      if (ended !== undefined) throw new Error(`versitygw ended at once: ${ended}`);
      if (Date.now() > limit) throw error;
    }
  }
}

/** With a server that lets several writers win, specs could not tell a right adapter from a wrong one. */
async function expectOneWinner(client: S3Client, Bucket: string, Key: string): Promise<void> {
  const writers = Array.from({ length: RACERS }, (_, writer) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: `writer ${writer}`, IfNoneMatch: '*' })),
  );
  const outcomes = await Promise.allSettled(writers);
  const winners = outcomes.filter(({ status }) => status === 'fulfilled').length;
  if (winners !== 1) throw new Error(`The S3 server lets ${winners} of ${RACERS} writers create one object`);
}

async function removeAll(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length === 0) return;
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
