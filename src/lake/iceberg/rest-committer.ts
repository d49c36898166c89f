import { UnknownOutcomeError } from '../object-store/object-store';
import { commitBackoff } from './commit-backoff';
import type { CommitOutcome, Committer, LoadedTable } from './committer';
import { CatalogError } from './errors';
import {
  checkMetadata,
  currentSchema,
  defaultSpec,
  findSnapshot,
  MAIN,
  type TableMetadata,
} from './metadata';
import { type RestAnswer, type RestCatalogOptions, RestClient, say } from './rest-client';
import { addedSnapshotId, type TableUpdate } from './updates';

const ATTEMPTS = 6;
const OK = 200;
const NOT_FOUND = 404;
const CONFLICT = 409;

/**
 * Commits to an Iceberg REST catalog. The catalog writes the metadata files; data files and manifests are
 * written here.
 */
export class RestCommitter implements Committer {
  private readonly client: RestClient;

  /** @param options `namespace` has one level; it is made when it is missing */
  constructor(private readonly options: RestCatalogOptions & { namespace: string }) {
    this.client = new RestClient(options);
  }

  async load(name: string): Promise<LoadedTable | undefined> {
    const answer = await this.untilAnswered('GET', this.pathOf(name));
    if (answer.status === NOT_FOUND) return undefined;
    if (answer.status !== OK) throw this.refusal(`table ${name} cannot be loaded`, answer);
    return loaded(name, answer.body);
  }

  async create(name: string, metadata: TableMetadata): Promise<'created' | 'exists'> {
    await this.createNamespace();
    const request = { requirements: [{ type: 'assert-create' }], updates: creationOf(metadata) };
    const answer = await this.untilAnswered('POST', this.pathOf(name), this.identified(name, request));
    if (answer.status === OK) return 'created';
    if (answer.status === CONFLICT) return 'exists';
    throw this.refusal(`table ${name} cannot be created`, answer);
  }

  async commit(base: LoadedTable, updates: readonly TableUpdate[]): Promise<CommitOutcome> {
    const { name } = base;
    const body = this.identified(name, { requirements: requirementsOf(base), updates });
    let mayStillLand = false;
    const backoff = commitBackoff();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const answer = await this.client.request('POST', this.pathOf(name), body);
      if (answer.status === OK) return { outcome: 'committed', table: loaded(name, answer.body) };
      if (answer.status === 'lost') mayStillLand = true;
      else if (answer.status !== CONFLICT) throw this.refusal(`table ${name} cannot be changed`, answer);
      const now = await this.readBack(name);
      if (hasAdded(now, updates)) return { outcome: 'committed', table: now };
      if (answer.status === CONFLICT || moved(base, now)) return { outcome: 'conflict', mayStillLand };
      await backoff.wait();
    }
    throw new UnknownOutcomeError(
      `Catalog ${this.options.uri} does not say whether table ${name} was changed`,
    );
  }

  private async readBack(name: string): Promise<LoadedTable> {
    const table = await this.load(name).catch((error: Error) => {
      throw new UnknownOutcomeError(`Table ${name} could not be read back: ${error.message}`);
    });
    if (!table) throw new UnknownOutcomeError(`Table ${name} is gone`);
    return table;
  }

  private async createNamespace(): Promise<void> {
    const answer = await this.untilAnswered('POST', 'namespaces', {
      namespace: [this.options.namespace],
      properties: {},
    });
    if (answer.status !== OK && answer.status !== CONFLICT) {
      throw this.refusal(`namespace ${this.options.namespace} cannot be created`, answer);
    }
  }

  /** For requests that may be made twice. @throws CatalogError when the catalog does not answer */
  private async untilAnswered(method: 'GET' | 'POST', path: string, body?: object): Promise<Answered> {
    const backoff = commitBackoff();
    for (let attempt = 0; ; attempt++) {
      const answer = await this.client.request(method, path, body);
      if (answer.status !== 'lost') return answer;
      if (attempt + 1 === ATTEMPTS) {
        throw new CatalogError(`Catalog ${this.options.uri} does not answer: ${answer.reason}`);
      }
      await backoff.wait();
    }
  }

  private pathOf(name: string): string {
    return `namespaces/${encodeURIComponent(this.options.namespace)}/tables/${encodeURIComponent(name)}`;
  }

  private identified(name: string, request: object): object {
    return { identifier: { namespace: [this.options.namespace], name }, ...request };
  }

  private refusal(what: string, answer: Answered): CatalogError {
    return new CatalogError(`Catalog ${this.options.uri}: ${what}, ${say(answer)}`);
  }
}

type Answered = Exclude<RestAnswer, { status: 'lost' }>;

function loaded(name: string, body: unknown): LoadedTable {
  const { metadata, 'metadata-location': metadataLocation } = body as Record<string, unknown>;
  return { name, metadata: checkMetadata(metadata), metadataLocation: String(metadataLocation) };
}

function requirementsOf({ metadata }: LoadedTable): object[] {
  return [
    { type: 'assert-table-uuid', uuid: metadata['table-uuid'] },
    { type: 'assert-ref-snapshot-id', ref: MAIN, 'snapshot-id': metadata['current-snapshot-id'] ?? null },
    { type: 'assert-current-schema-id', 'current-schema-id': metadata['current-schema-id'] },
  ];
}

/** Updates that make a table with these field ids. A plain request to create a table would give other ids. */
function creationOf(metadata: TableMetadata): object[] {
  return [
    { action: 'assign-uuid', uuid: metadata['table-uuid'] },
    { action: 'upgrade-format-version', 'format-version': metadata['format-version'] },
    { action: 'add-schema', schema: currentSchema(metadata), 'last-column-id': metadata['last-column-id'] },
    { action: 'set-current-schema', 'schema-id': -1 },
    { action: 'add-spec', spec: defaultSpec(metadata) },
    { action: 'set-default-spec', 'spec-id': -1 },
    { action: 'add-sort-order', 'sort-order': metadata['sort-orders'][0] },
    { action: 'set-default-sort-order', 'sort-order-id': -1 },
    { action: 'set-location', location: metadata.location },
    { action: 'set-properties', updates: metadata.properties },
  ];
}

function hasAdded({ metadata }: LoadedTable, updates: readonly TableUpdate[]): boolean {
  const id = addedSnapshotId(updates);
  return id !== undefined && findSnapshot(metadata, id) !== undefined;
}

const moved = (base: LoadedTable, now: LoadedTable): boolean =>
  base.metadata['current-snapshot-id'] !== now.metadata['current-snapshot-id'];
