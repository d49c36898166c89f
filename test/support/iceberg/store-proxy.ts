import {
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreError,
  type PutOutcome,
  UnknownOutcomeError,
} from '../../../src/lake/object-store/object-store';

export type Fault = 'stored, then unknown' | 'stored, then exists' | 'unknown' | 'refused';

/**
 * An object store that makes planned faults, one for each conditional put of a key that matches.
 */
export class StoreProxy implements ObjectStore {
  faults: Fault[] = [];
  failReads = false;
  /** runs before each fault: what another writer does meanwhile */
  beforeFault: () => Promise<void> = async () => {};

  constructor(
    private readonly store: ObjectStore,
    private readonly pattern: RegExp,
  ) {}

  get root(): string {
    return this.store.root;
  }

  async putIfAbsent(key: string, body: Buffer): Promise<PutOutcome> {
    const fault = this.pattern.test(key) ? this.faults.shift() : undefined;
    if (!fault) return this.store.putIfAbsent(key, body);
    await this.beforeFault();
    if (fault.startsWith('stored')) await this.store.putIfAbsent(key, body);
    if (fault === 'stored, then exists') return 'exists';
    if (fault === 'refused') throw new ObjectStoreError(`${key} was refused`);
    throw new UnknownOutcomeError(`the answer for ${key} was lost`);
  }

  async get(key: string): Promise<Buffer | undefined> {
    if (this.failReads) throw new ObjectStoreError(`${key} cannot be read`);
    return this.store.get(key);
  }

  head(key: string): Promise<ObjectInfo | undefined> {
    return this.store.head(key);
  }

  putFileIfAbsent(key: string, path: string): Promise<PutOutcome> {
    return this.store.putFileIfAbsent(key, path);
  }

  put(key: string, body: Buffer): Promise<void> {
    return this.store.put(key, body);
  }

  download(key: string, path: string): Promise<void> {
    return this.store.download(key, path);
  }

  list(prefix: string): AsyncIterable<ObjectInfo> {
    return this.store.list(prefix);
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.store.delete(keys);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
