import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import {
  DeleteObjectsCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { orFolderFailure } from './folder-failure';
import { checkKey } from './key';
import {
  type MaintainedObjectStore,
  type ObjectInfo,
  type PutOutcome,
  UnknownOutcomeError,
} from './object-store';
import { piecesOf, readObject } from './s3-download';
import { isNoSuchKey, isNoSuchUpload, isPreconditionFailed, s3Failure } from './s3-failure';
import { abortStaleUploads, LARGE_FILE, uploadInParts } from './s3-multipart';
import { type RequestLimits, Requests, type S3Access, type Tried } from './s3-requests';

export interface S3Options {
  bucket: string;
  /** the beginning of every key, without slashes at its ends; may be empty */
  prefix: string;
  /** default: AWS; of another server the bucket is a part of the path */
  endpoint?: string;
  /** default: what the SDK finds (AWS_REGION, the profile); with an endpoint us-east-1 */
  region?: string;
  limits?: RequestLimits;
}

const CONNECT_WITHIN_MS = 5_000;
/** One request may delete so many objects. */
const DELETED_AT_ONCE = 1_000;

// The SDK warns that its later versions need a later Node. Its version is pinned, so users need not see that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * Opens a lake in a bucket. The first request connects. Credentials are those that the AWS SDK finds.
 */
export function openS3Store(options: S3Options): MaintainedObjectStore {
  return new S3Store(options);
}

class S3Store implements MaintainedObjectStore {
  readonly root: string;
  private readonly access: S3Access;
  /** with a slash at its end, or empty */
  private readonly prefix: string;

  constructor(private readonly options: S3Options) {
    const { bucket, prefix, endpoint, region, limits } = options;
    this.prefix = prefix === '' ? '' : `${prefix}/`;
    this.root = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
    const client = new S3Client({
      endpoint,
      forcePathStyle: endpoint !== undefined,
      region: region ?? (endpoint === undefined ? undefined : 'us-east-1'),
      // Tries are counted here: after one without an answer, "exists" may mean our own object.
      retryStrategy: { retry: (next, args) => next(args) },
      requestHandler: { connectionTimeout: CONNECT_WITHIN_MS },
    });
    this.access = { client, requests: new Requests(limits), bucket };
  }

  async get(key: string): Promise<Buffer | undefined> {
    const Key = this.keyOf(key);
    return this.orFailure(`Reading ${Key}`, () =>
      this.unlessAbsent((signal) => readObject(this.access, Key, signal)),
    );
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const Key = this.keyOf(key);
    const { client, requests, bucket: Bucket } = this.access;
    return this.orFailure(`Looking for ${Key}`, async () => {
      const found = await this.unlessAbsent((abortSignal) =>
        client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal }),
      );
      if (found) return infoOf(key, found.ContentLength, found.LastModified);
      // The answer has no body, which would tell a missing object from a missing bucket.
      await requests
        .send((abortSignal) => client.send(new HeadBucketCommand({ Bucket }), { abortSignal }))
        .catch((error) => {
          if (isNoSuchKey(error)) error.name = 'NoSuchBucket';
          throw error;
        });
      return undefined;
    });
  }

  async putIfAbsent(key: string, body: Buffer): Promise<PutOutcome> {
    const Key = this.keyOf(key);
    const tried = await this.tryPut({ Key, Body: body, IfNoneMatch: '*' });
    return this.settle(key, tried);
  }

  async putFileIfAbsent(key: string, path: string): Promise<PutOutcome> {
    const Key = this.keyOf(key);
    const { size } = await orFolderFailure(`Reading ${path}`, () => stat(path));
    if (size <= LARGE_FILE)
      return this.putIfAbsent(key, await orFolderFailure(`Reading ${path}`, () => readFile(path)));
    // The server would refuse the file only after it has got all of it.
    if ((await this.head(key)) !== undefined) return 'exists';
    const tried = await this.orFailure(`Writing ${Key}`, () =>
      uploadInParts({ ...this.access, key: Key, path, size }),
    );
    return this.settle(key, tried);
  }

  async put(key: string, body: Buffer): Promise<void> {
    const Key = this.keyOf(key);
    const tried = await this.tryPut({ Key, Body: body });
    if (!tried.ok) throw this.writeFailure(Key, tried);
  }

  async download(key: string, path: string): Promise<void> {
    const Key = this.keyOf(key);
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      await this.orFailure(`Copying ${Key} to ${path}`, () =>
        orFolderFailure(`Writing ${path}`, async () => {
          const file = await open(partial, 'wx');
          try {
            for await (const piece of piecesOf(this.access, Key)) await file.writeFile(piece);
          } finally {
            await file.close();
          }
          await rename(partial, path);
        }),
      );
    } finally {
      await rm(partial, { force: true });
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const { client, requests, bucket: Bucket } = this.access;
    const Prefix = `${this.prefix}${prefix}`;
    for (let ContinuationToken: string | undefined; ; ) {
      const command = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken });
      const page: ListObjectsV2CommandOutput = await this.orFailure(`Listing ${Prefix}`, () =>
        requests.send((abortSignal) => client.send(command, { abortSignal })),
      );
      for (const { Key = '', Size, LastModified } of page.Contents ?? [])
        yield infoOf(Key.slice(this.prefix.length), Size, LastModified);
      if (!page.IsTruncated) return;
      ContinuationToken = page.NextContinuationToken;
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const { client, requests, bucket: Bucket } = this.access;
    for (let first = 0; first < keys.length; first += DELETED_AT_ONCE) {
      const Objects = keys.slice(first, first + DELETED_AT_ONCE).map((key) => ({ Key: this.keyOf(key) }));
      const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
      await this.orFailure(`Deleting ${Objects.length} objects`, () =>
        requests.send(async (abortSignal) => {
          const { Errors = [] } = await client.send(command, { abortSignal });
          const refused = Errors.find(({ Code }) => Code !== 'NoSuchKey');
          // Thrown, so that a refusal that passes is retried; deleting an object twice does no harm.
          if (refused)
            throw Object.assign(new Error(`${refused.Key}: ${refused.Message}`), { name: refused.Code });
        }),
      );
    }
  }

  async abortStaleUploads(olderThanMs: number): Promise<number> {
    return this.orFailure('Giving up stale uploads', () =>
      abortStaleUploads(this.access, this.prefix, olderThanMs),
    );
  }

  async close(): Promise<void> {
    this.access.requests.close();
    this.access.client.destroy();
  }

  private tryPut(input: { Key: string; Body: Buffer; IfNoneMatch?: '*' }): Promise<Tried<unknown>> {
    const { client, requests, bucket: Bucket } = this.access;
    return requests.attempt((abortSignal) =>
      client.send(new PutObjectCommand({ Bucket, ...input }), { abortSignal }),
    );
  }

  /** @returns the outcome of a conditional write; where the answers do not tell, the object is looked for */
  private async settle(key: string, tried: Tried<unknown>): Promise<PutOutcome> {
    if (tried.ok) return 'created';
    const { error, uncertain } = tried;
    if (isPreconditionFailed(error)) return 'exists';
    // An upload that is gone may have been completed.
    if (uncertain || isNoSuchUpload(error)) {
      const found = await this.head(key).catch(() => undefined);
      if (found) return 'exists';
    }
    throw this.writeFailure(this.keyOf(key), tried);
  }

  /** A missing object does not prove that nothing was written: the request may still be on its way. */
  private writeFailure(Key: string, { error, uncertain }: Tried<unknown> & { ok: false }): Error {
    const failure = s3Failure(`Writing ${Key}`, this.options, error);
    if (!uncertain) return failure;
    return new UnknownOutcomeError(`${failure.message}; it may or may not have been written`, {
      cause: error,
    });
  }

  private async unlessAbsent<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const tried = await this.access.requests.attempt(request);
    if (tried.ok) return tried.value;
    if (isNoSuchKey(tried.error)) return undefined;
    throw tried.error;
  }

  private async orFailure<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw s3Failure(what, this.options, error);
    }
  }

  private keyOf(key: string): string {
    checkKey(key);
    return `${this.prefix}${key}`;
  }
}

const infoOf = (key: string, size = 0, modified?: Date): ObjectInfo => ({
  key,
  size,
  modifiedAt: modified?.getTime() ?? 0,
});
