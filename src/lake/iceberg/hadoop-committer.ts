import { randomUUID } from 'node:crypto';
import { type ObjectStore, type PutOutcome, UnknownOutcomeError } from '../object-store/object-store';
import { commitBackoff } from './commit-backoff';
import type { CommitOutcome, Committer, LoadedTable } from './committer';
import { TableError } from './errors';
import { parseJson } from './lossless-json';
import { checkMetadata, formatMetadata, type TableMetadata } from './metadata';
import { applyUpdates, type TableUpdate } from './updates';

const PUT_ATTEMPTS = 5;
/**
 * Metadata that was read longer ago is read again. Metadata files are kept far longer (see orphans.ts), but
 * not for ever.
 */
const TRUSTED_FOR_MS = 3_600_000;

interface Version extends LoadedTable {
  number: number;
  /** Unix milliseconds */
  loadedAt: number;
}

/**
 * The layout of a Hadoop catalog. Version N of the metadata lies in `metadata/v<N>.metadata.json`, and
 * whoever creates the file of the next version has committed. `version-hint.text` is for other readers; here
 * the search for the newest version only begins there.
 */
export class HadoopCommitter implements Committer {
  private readonly newest = new Map<string, Version>();

  /**
   * @param commitIdProperty the table property that gets a random id with every commit: after a lost answer
   *   it tells whose commit the next version is
   */
  constructor(
    private readonly store: ObjectStore,
    private readonly commitIdProperty: string,
  ) {}

  async load(name: string): Promise<LoadedTable | undefined> {
    let found = this.remembered(name) ?? (await this.firstGuess(name));
    while (found) {
      const next = await this.read(name, found.number + 1);
      if (!next) break;
      found = next;
    }
    if (found) this.newest.set(name, { ...found, loadedAt: Date.now() });
    return found && this.newest.get(name);
  }

  async create(name: string, metadata: TableMetadata): Promise<'created' | 'exists'> {
    const first = await this.put(name, 1, metadata);
    if (first) await this.writeHint(name, 1);
    return first ? 'created' : 'exists';
  }

  async commit(base: LoadedTable, updates: readonly TableUpdate[]): Promise<CommitOutcome> {
    const { name, metadata, metadataLocation, number } = base as Version;
    const next = await this.put(name, number + 1, applyUpdates(metadata, metadataLocation, updates));
    if (!next) return { outcome: 'conflict', mayStillLand: false };
    // A process that slept for very long may create a version again that was deleted as too old.
    if (!isFresh(base as Version)) await this.checkFollowed(name, next);
    this.newest.set(name, next);
    await this.writeHint(name, next.number);
    return { outcome: 'committed', table: next };
  }

  private remembered(name: string): Version | undefined {
    const version = this.newest.get(name);
    return version && isFresh(version) ? version : undefined;
  }

  /** @returns undefined when another writer has made this version */
  private async put(name: string, number: number, metadata: TableMetadata): Promise<Version | undefined> {
    const id = randomUUID();
    const own = { ...metadata, properties: { ...metadata.properties, [this.commitIdProperty]: id } };
    const key = keyOfVersion(name, number);
    const version = { name, number, metadata: own, metadataLocation: this.locate(key), loadedAt: Date.now() };
    const outcome = await this.putUntilKnown(key, Buffer.from(formatMetadata(own)));
    if (outcome === 'created') return version;
    const standing = await this.read(name, number).catch((error: Error) => {
      throw new UnknownOutcomeError(`${key} could not be read back: ${error.message}`);
    });
    return standing?.metadata.properties[this.commitIdProperty] === id ? version : undefined;
  }

  /** Puts the same bytes under the same key until the store says what has become of them. */
  private async putUntilKnown(key: string, body: Buffer): Promise<PutOutcome> {
    const backoff = commitBackoff();
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.store.putIfAbsent(key, body);
      } catch (error) {
        if (!(error instanceof UnknownOutcomeError) || attempt + 1 === PUT_ATTEMPTS) throw error;
        await backoff.wait();
      }
    }
  }

  private async checkFollowed(name: string, own: Version): Promise<void> {
    const versions = await this.versions(name);
    if (versions.at(-1) === own.number || versions.includes(own.number - 1)) return;
    await this.store.delete([keyOfVersion(name, own.number)]);
    throw new TableError(name, `the commit of version ${own.number} came too late, nothing was changed`);
  }

  private async firstGuess(name: string): Promise<Version | undefined> {
    const hint = Number((await this.store.get(hintOf(name)))?.toString());
    const hinted = Number.isSafeInteger(hint) && hint > 0 ? await this.read(name, hint) : undefined;
    if (hinted) return hinted;
    const last = (await this.versions(name)).at(-1);
    if (last === undefined) return undefined;
    // The hint is written after its version, and only versions far behind it are ever deleted. Going on from
    // older metadata would lose what the newest had.
    if (hint > last)
      throw new TableError(name, `${keyOfVersion(name, hint)} is gone, the newest metadata`, 'recreate');
    return this.read(name, last);
  }

  /** The numbers of all versions in the store, rising. */
  private async versions(name: string): Promise<number[]> {
    const numbers: number[] = [];
    for await (const { key } of this.store.list(`${name}/metadata/v`)) {
      const number = VERSION.exec(key)?.[1];
      if (number) numbers.push(Number(number));
    }
    return numbers.sort((a, b) => a - b);
  }

  private async read(name: string, number: number): Promise<Version | undefined> {
    const key = keyOfVersion(name, number);
    const bytes = await this.store.get(key);
    if (!bytes) return undefined;
    try {
      const metadata = checkMetadata(parseJson(bytes.toString()));
      return { name, number, metadata, metadataLocation: this.locate(key), loadedAt: Date.now() };
    } catch (error) {
      throw new TableError(name, `${key} cannot be read: ${(error as Error).message}`, 'recreate');
    }
  }

  /** Writes the hint. The commit is done: without the hint the next reader only needs more requests. */
  private async writeHint(name: string, number: number): Promise<void> {
    await this.store.put(hintOf(name), Buffer.from(String(number))).catch(() => {});
  }

  private locate(key: string): string {
    return `${this.store.root}/${key}`;
  }
}

const isFresh = ({ loadedAt }: Version): boolean => Date.now() - loadedAt < TRUSTED_FOR_MS;
const VERSION = /\/v(\d+)\.metadata\.json$/;
const keyOfVersion = (name: string, number: number) => `${name}/metadata/v${number}.metadata.json`;
const hintOf = (name: string) => `${name}/metadata/version-hint.text`;
