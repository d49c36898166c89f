import { randomUUID } from 'node:crypto';
import type { Dataset } from '../datasets/dataset';
import { commitToTable, loadTable } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { TableError } from './errors';
import { currentSchema, defaultSpec, type TableMetadata } from './metadata';
import {
  checkPartitioning,
  evolvedSchema,
  lastColumnId,
  lastPartitionId,
  nameMappingOf,
  partitionSpecOf,
  schemaOf,
} from './schema';

/** Identity of the event store whose log the table has. */
export const STORE = 'tidemark.store';
/** Number of the last cut that the table has. */
export const CUT = 'tidemark.cut';
/** Positions of the log that the last cut lies between; properties of snapshots. */
export const FROM = 'tidemark.from-position';
export const THROUGH = 'tidemark.through-position';
/**
 * After a rollback, or in a table that was made when there were cuts: `<cut>:<random>`. Cuts later than this
 * one are to be exported again. Each rollback has a value of its own, so whoever exports again can tell that
 * there was another.
 */
export const RESUME_AFTER = 'tidemark.resume-after';

const NAME_MAPPING = 'schema.name-mapping.default';

/** A new value of RESUME_AFTER. @param cut 0: the table has none */
export const resumeAfter = (cut: number): string => `${cut}:${randomUUID()}`;

/**
 * The cut that a table was rolled back to, while later ones are being exported again; undefined when they are
 * not.
 */
export function rolledBackTo({ properties }: TableMetadata): number | undefined {
  const note = properties[RESUME_AFTER];
  return note === undefined ? undefined : Number.parseInt(note, 10);
}

/**
 * Makes the table of a dataset, or brings the schema of the one there is up to its definition.
 * @param storeIdentity of the event store
 * @param hasCuts a table that is made now is then to get them
 * @throws TableError when the table belongs to another event store, or cannot become what the dataset says
 */
export async function ensureTable(
  catalog: Catalog,
  dataset: Dataset,
  storeIdentity: string,
  hasCuts = false,
): Promise<LoadedTable> {
  const { committer, store } = catalog;
  if (!(await committer.load(dataset.name))) {
    const first = firstMetadata(dataset, store.root, {
      [STORE]: storeIdentity,
      ...(hasCuts && { [RESUME_AFTER]: resumeAfter(0) }),
    });
    await committer.create(dataset.name, first);
  }
  const evolved = await commitToTable(catalog, dataset.name, async (base) => {
    checkTable(base, dataset, storeIdentity);
    return schemaChange(base.metadata, dataset);
  });
  return evolved ?? loadTable(catalog, dataset.name);
}

function checkTable({ metadata }: LoadedTable, dataset: Dataset, storeIdentity: string): void {
  const owner = metadata.properties[STORE];
  if (owner !== storeIdentity) {
    throw new TableError(dataset.name, `belongs to event store ${owner}, this one is ${storeIdentity}`);
  }
  checkPartitioning(defaultSpec(metadata), dataset);
}

function schemaChange(metadata: TableMetadata, dataset: Dataset) {
  const newId = Math.max(...metadata.schemas.map((schema) => schema['schema-id'])) + 1;
  const schema = evolvedSchema(currentSchema(metadata), dataset, newId);
  if (!schema) return undefined;
  return {
    updates: [
      { action: 'add-schema' as const, schema, 'last-column-id': lastColumnId(schema) },
      { action: 'set-current-schema' as const, 'schema-id': -1 as const },
      { action: 'set-properties' as const, updates: { [NAME_MAPPING]: nameMappingOf(schema) } },
    ],
  };
}

function firstMetadata(
  dataset: Dataset,
  root: string,
  properties: Readonly<Record<string, string>>,
): TableMetadata {
  const schema = schemaOf(dataset);
  const spec = partitionSpecOf(dataset);
  return {
    'format-version': 2,
    'table-uuid': randomUUID(),
    location: `${root}/${dataset.name}`,
    'last-sequence-number': 0,
    'last-updated-ms': Date.now(),
    'last-column-id': lastColumnId(schema),
    schemas: [schema],
    'current-schema-id': 0,
    'partition-specs': [spec],
    'default-spec-id': 0,
    'last-partition-id': lastPartitionId(spec),
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties: {
      comment: dataset.doc,
      'write.format.default': 'parquet',
      'write.parquet.compression-codec': 'zstd',
      [NAME_MAPPING]: nameMappingOf(schema),
      ...properties,
    },
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}
