import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
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
import { isNoSuchKey, isNoSuchUpload, isPreconditionFailed, s3Failure } from './s3-failure';
import { LARGE_FILE, uploadInParts } from './s3-multipart';
import { type RequestLimits, Requests, readBody, type Tried } from './s3-requests';

export interface S3Options {
  bucket: string;
  /** begins every key; no slashes at its ends; may be empty */
  prefix: string;
  /** default: AWS; with one, the bucket is a part of the path */
  endpoint?: string;
  /** default: what the SDK finds (AWS_REGION, the profile); with an endpoint us-east-1 */
  region?: string;
  limits?: RequestLimits;
}

const CONNECT_WITHIN_MS = 5_000;
/** As many as one request may delete. */
const DELETED_AT_ONCE = 1_000;

// That a later version will need a later Node concerns whoever raises the version, which is pinned, and
// nobody at a terminal.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * Opens a lake in a bucket. Connects when it is used first; credentials are found as the AWS SDK finds them.
 */
export function openS3Store(options: S3Options): MaintainedObjectStore {
  return new S3Store(options);
}

class S3Store implements MaintainedObjectStore {
  readonly root: string;
  readonly #client: S3Client;
  readonly #requests: Requests;
  readonly #bucket: string;
  /** with a slash at its end, or empty */
  readonly #prefix: string;

  constructor(private readonly options: S3Options) {
    const { bucket, prefix, endpoint, region, limits } = options;
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.root = prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
    this.#requests = new Requests(limits);
    this.#client = new S3Client({
      endpoint,
      forcePathStyle: endpoint !== undefined,
      region: region ?? (endpoint === undefined ? undefined : 'us-east-1'),
      // Which tries were made has to be known here: after one without an answer "exists" may mean our own.
      retryStrategy: { retry: (next, args) => next(args) },
      requestHandler: { connectionTimeout: CONNECT_WITHIN_MS },
    });
  }

  async get(key: string): Promise<Buffer | undefined> {
    const Key = this.#keyOf(key);
    return this.#orFailure(`Reading ${Key}`, () =>
      this.#unlessAbsent((abortSignal) => this.#read(Key, abortSignal)),
    );
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const Key = this.#keyOf(key);
    const target = { Bucket: this.#bucket };
    return this.#orFailure(`Looking for ${Key}`, async () => {
      const found = await this.#unlessAbsent((abortSignal) =>
        this.#client.send(new HeadObjectCommand({ ...target, Key }), { abortSignal }),
      );
      if (found) return infoOf(key, found.ContentLength, found.LastModified);
      // The answer has no body that could tell a missing object from a missing bucket.
      await this.#requests
        .send((abortSignal) => this.#client.send(new HeadBucketCommand(target), { abortSignal }))
        .catch((error) => {
          if (isNoSuchKey(error)) error.name = 'NoSuchBucket';
          throw error;
        });
      return undefined;
    });
  }

  async putIfAbsent(key: string, body: Buffer): Promise<PutOutcome> {
    const Key = this.#keyOf(key);
    const command = { Bucket: this.#bucket, Key, Body: body, IfNoneMatch: '*' };
    const tried = await this.#requests.attempt((abortSignal) =>
      this.#client.send(new PutObjectCommand(command), { abortSignal }),
    );
    return this.#settle(key, tried);
  }

  async putFileIfAbsent(key: string, path: string): Promise<PutOutcome> {
    const Key = this.#keyOf(key);
    const { size } = await orFolderFailure(`Reading ${path}`, () => stat(path));
    if (size <= LARGE_FILE)
      return this.putIfAbsent(key, await orFolderFailure(`Reading ${path}`, () => readFile(path)));
    // It would be refused only after all of it was sent.
    if ((await this.head(key)) !== undefined) return 'exists';
    const upload = {
      client: this.#client,
      requests: this.#requests,
      bucket: this.#bucket,
      key: Key,
      path,
      size,
    };
    const tried = await this.#orFailure(`Writing ${Key}`, () => uploadInParts(upload));
    return this.#settle(key, tried);
  }

  async put(key: string, body: Buffer): Promise<void> {
    const command = { Bucket: this.#bucket, Key: this.#keyOf(key), Body: body };
    const tried = await this.#requests.attempt((abortSignal) =>
      this.#client.send(new PutObjectCommand(command), { abortSignal }),
    );
    if (!tried.ok) throw this.#writeFailure(command.Key, tried);
  }

  /** In pieces, each with its own deadline and tries, so that neither time nor memory depends on the size. */
  async download(key: string, path: string): Promise<void> {
    const Key = this.#keyOf(key);
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      await this.#orFailure(`Copying ${Key} to ${path}`, () =>
        orFolderFailure(`Writing ${path}`, async () => {
          const file = await open(partial, 'wx');
          try {
            await this.#copyTo(Key, (piece) => file.writeFile(piece));
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
    const Prefix = `${this.#prefix}${prefix}`;
    for (let ContinuationToken: string | undefined; ; ) {
      const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, ContinuationToken });
      const page: ListObjectsV2CommandOutput = await this.#orFailure(`Listing ${Prefix}`, () =>
        this.#requests.send((abortSignal) => this.#client.send(command, { abortSignal })),
      );
      for (const { Key = '', Size, LastModified } of page.Contents ?? [])
        yield infoOf(Key.slice(this.#prefix.length), Size, LastModified);
      if (!page.IsTruncated) return;
      ContinuationToken = page.NextContinuationToken;
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (let first = 0; first < keys.length; first += DELETED_AT_ONCE) {
      const Objects = keys.slice(first, first + DELETED_AT_ONCE).map((key) => ({ Key: this.#keyOf(key) }));
      const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } });
      await this.#orFailure(`Deleting ${Objects.length} objects`, () =>
        this.#requests.send(async (abortSignal) => {
          const { Errors = [] } = await this.#client.send(command, { abortSignal });
          const refused = Errors.find(({ Code }) => Code !== 'NoSuchKey');
          // Thrown, so that what passes is tried again: deleting twice is deleting once.
          if (refused)
            throw Object.assign(new Error(`${refused.Key}: ${refused.Message}`), { name: refused.Code });
        }),
      );
    }
  }

  async abortStaleUploads(olderThanMs: number): Promise<number> {
    const Bucket = this.#bucket;
    const stale: { Key?: string; UploadId?: string }[] = [];
    return this.#orFailure('Giving up stale uploads', async () => {
      let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
      while (after) {
        const command = new ListMultipartUploadsCommand({ Bucket, Prefix: this.#prefix, ...after });
        const page: ListMultipartUploadsCommandOutput = await this.#requests.send((abortSignal) =>
          this.#client.send(command, { abortSignal }),
        );
        for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
          if (Initiated && Date.now() - Initiated.getTime() >= olderThanMs) stale.push({ Key, UploadId });
        after = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
          : undefined;
      }
      for (const { Key, UploadId } of stale) {
        const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
        const tried = await this.#requests.attempt((abortSignal) =>
          this.#client.send(command, { abortSignal }),
        );
        // Completed or given up by its owner meanwhile.
        if (!tried.ok && !isNoSuchUpload(tried.error)) throw tried.error;
      }
      return stale.length;
    });
  }

  async close(): Promise<void> {
    this.#requests.close();
    this.#client.destroy();
  }

  /**
   * @returns what a conditional write came to; where the answers do not tell, the object itself is looked for
   */
  async #settle(key: string, tried: Tried<unknown>): Promise<PutOutcome> {
    if (tried.ok) return 'created';
    const { error, uncertain } = tried;
    if (isPreconditionFailed(error)) return 'exists';
    // An upload that is gone may be one that was completed.
    if (uncertain || isNoSuchUpload(error)) {
      const found = await this.head(key).catch(() => undefined);
      if (found) return 'exists';
    }
    throw this.#writeFailure(this.#keyOf(key), tried);
  }

  /** That it is not there does not prove that it was not written: the request may still be on its way. */
  #writeFailure(Key: string, { error, uncertain }: Tried<unknown> & { ok: false }): Error {
    const failure = s3Failure(`Writing ${Key}`, this.options, error);
    if (!uncertain) return failure;
    return new UnknownOutcomeError(`${failure.message}; it may or may not have been written`, {
      cause: error,
    });
  }

  async #copyTo(Key: string, write: (piece: Buffer) => Promise<void>): Promise<void> {
    const { ContentLength: size = 0, ETag } = await this.#requests.send((abortSignal) =>
      this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key }), { abortSignal }),
    );
    for (let from = 0; from < size; from += LARGE_FILE) {
      const Range = `bytes=${from}-${Math.min(from + LARGE_FILE, size) - 1}`;
      await write(
        await this.#requests.send((abortSignal) => this.#read(Key, abortSignal, { Range, IfMatch: ETag })),
      );
    }
  }

  async #read(
    Key: string,
    signal: AbortSignal,
    part: { Range?: string; IfMatch?: string } = {},
  ): Promise<Buffer> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key, ...part });
    const { Body } = await this.#client.send(command, { abortSignal: signal });
    return readBody(Body, signal);
  }

  async #unlessAbsent<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const tried = await this.#requests.attempt(request);
    if (tried.ok) return tried.value;
    if (isNoSuchKey(tried.error)) return undefined;
    throw tried.error;
  }

  async #orFailure<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw s3Failure(what, this.options, error);
    }
  }

  #keyOf(key: string): string {
    checkKey(key);
    return `${this.#prefix}${key}`;
  }
}

const infoOf = (key: string, size = 0, modified?: Date): ObjectInfo => ({
  key,
  size,
  modifiedAt: modified?.getTime() ?? 0,
});
