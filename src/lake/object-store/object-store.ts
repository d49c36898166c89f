/** An object as a listing shows it. */
export interface ObjectInfo {
  key: string;
  /** bytes */
  size: number;
  /** Unix milliseconds */
  modifiedAt: number;
}

/**
 * - `created`: the object is there now, and it is ours
 * - `exists`: one stood there before, or our own earlier attempt whose answer was lost; nobody but the caller
 *   can tell which, by reading it
 */
export type PutOutcome = 'created' | 'exists';

/**
 * Where the lake lies: a folder or a bucket. Keys are relative, with `/` between their parts. An object
 * appears whole or not at all, and a reader sees it as soon as a put has returned.
 */
export interface ObjectStore {
  /** absolute location of the root without a slash at its end: `file:///var/lake` or `s3://bucket/prefix` */
  readonly root: string;

  /** @returns undefined when there is no such object */
  get(key: string): Promise<Buffer | undefined>;

  /** @returns undefined when there is no such object */
  head(key: string): Promise<ObjectInfo | undefined>;

  /**
   * Creates an object unless one stands there; of any number at once exactly one gets `created`. Retries by
   * itself what can be retried; see PutOutcome for what that means for `exists`.
   * @throws UnknownOutcomeError when it cannot be told whether the object was written; ObjectStoreError when
   *   it was not
   */
  putIfAbsent(key: string, body: Buffer): Promise<PutOutcome>;

  /**
   * As `putIfAbsent`, from a local file of any size (in parts where it is large). The file stays, and must
   * not be changed afterwards.
   */
  putFileIfAbsent(key: string, path: string): Promise<PutOutcome>;

  /**
   * Writes or overwrites. Only for hints, which nobody relies on, and for a damaged object: that is what it
   * was again.
   */
  put(key: string, body: Buffer): Promise<void>;

  /**
   * Copies an object to a local path, where it appears whole or not at all. A process that dies on the way
   * leaves `<path>.<something>.partial`.
   * @throws ObjectStoreError when there is none
   */
  download(key: string, path: string): Promise<void>;

  /** Every object below a prefix, sorted by key (as bytes). */
  list(prefix: string): AsyncIterable<ObjectInfo>;

  /** Deletes objects; one that is not there is none to delete. */
  delete(keys: readonly string[]): Promise<void>;

  close(): Promise<void>;
}

/** A store that can clear away what writers that died left unfinished. */
export interface MaintainedObjectStore extends ObjectStore {
  /**
   * Gives up uploads of this lake that nobody has finished: parts of large files in a bucket, files on their
   * way in a folder.
   * @param olderThanMs how long ago they were begun; longer than any write may take
   * @returns how many
   */
  abortStaleUploads(olderThanMs: number): Promise<number>;
}

/**
 * A request to the store failed, and nothing was written by it. The message says what, where and, if known,
 * what to do.
 */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
}

/**
 * A write may or may not have happened. Read back before doing anything else; never delete what it may refer
 * to.
 */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}
