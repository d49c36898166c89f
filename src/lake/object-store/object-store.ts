/** An object as a listing shows it. */
export interface ObjectInfo {
  key: string;
  /** bytes */
  size: number;
  /** Unix milliseconds */
  modifiedAt: number;
}

/**
 * - `created`: this call has written the object
 * - `exists`: an object stood there before; it may come from an earlier attempt of this call whose answer was
 *   lost. The caller has to read it to tell
 */
export type PutOutcome = 'created' | 'exists';

/**
 * The place of a lake: a folder or a bucket. Keys are relative, with `/` between their parts. An object
 * appears whole or not at all, and readers see it as soon as the put has returned.
 */
export interface ObjectStore {
  /** absolute location of the root without a slash at its end: `file:///var/lake` or `s3://bucket/prefix` */
  readonly root: string;

  /** @returns undefined when there is no such object */
  get(key: string): Promise<Buffer | undefined>;

  /** @returns undefined when there is no such object */
  head(key: string): Promise<ObjectInfo | undefined>;

  /**
   * Creates an object unless one stands there. Of several callers at once exactly one gets `created`.
   * Requests are retried; PutOutcome says what that means for `exists`.
   * @throws UnknownOutcomeError when nobody can tell whether the object was written; ObjectStoreError when it
   *   was not
   */
  putIfAbsent(key: string, body: Buffer): Promise<PutOutcome>;

  /**
   * As `putIfAbsent`, from a local file of any size. The file stays and must not be changed afterwards: it
   * may be the object itself.
   */
  putFileIfAbsent(key: string, path: string): Promise<PutOutcome>;

  /**
   * Writes an object, over the one that stands there. Only for hints, which nobody relies on, and to mend a
   * damaged object.
   */
  put(key: string, body: Buffer): Promise<void>;

  /**
   * Copies an object to a local path, where it appears whole or not at all. A process that dies meanwhile
   * leaves `<path>.<something>.partial`.
   * @throws ObjectStoreError when there is no such object
   */
  download(key: string, path: string): Promise<void>;

  /** Every object below a prefix, sorted by key (as bytes). */
  list(prefix: string): AsyncIterable<ObjectInfo>;

  /** Deletes objects. A key without an object is no error. */
  delete(keys: readonly string[]): Promise<void>;

  close(): Promise<void>;
}

/** A store that can clear away what writers that died have left unfinished. */
export interface MaintainedObjectStore extends ObjectStore {
  /**
   * Removes unfinished uploads of this lake: parts of large files in a bucket, scratch files in a folder.
   * @param olderThanMs how long ago they were begun; longer than any write may take
   * @returns their number
   */
  abortStaleUploads(olderThanMs: number): Promise<number>;
}

/**
 * A request to the store failed and wrote nothing. The message says what failed, where and, if known, what to
 * do.
 */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
}

/**
 * A write may or may not have happened. Read back before doing anything else, and never delete what the
 * object may refer to.
 */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}
