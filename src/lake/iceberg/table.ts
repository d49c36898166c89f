import { randomUUID } from 'node:crypto';
import type { TableDefinition } from '../columns/table-definition';
import { commitToTable, loadTable } from './commit';
import type { Catalog, LoadedTable } from './committer';
import { currentSchema, defaultSpec, type Properties, type TableMetadata } from './metadata';
import {
  checkPartitioning,
  evolvedSchema,
  lastColumnId,
  lastPartitionId,
  nameMappingOf,
  partitionSpecOf,
  schemaOf,
} from './schema';

const NAME_MAPPING = 'schema.name-mapping.default';

export interface EnsureTableOptions {
  /** properties of a table that is made now; default none */
  properties?: Properties;
  /** Throws to refuse the table, before it is changed. */
  check?(table: LoadedTable): void;
}

/**
 * Makes a table, or brings the schema of an existing one up to its definition.
 * @throws what `check` throws; TableError when the table cannot become what the definition says
 */
export async function ensureTable(
  catalog: Catalog,
  definition: TableDefinition,
  { properties = {}, check = () => {} }: EnsureTableOptions = {},
): Promise<LoadedTable> {
  const { committer, store } = catalog;
  const { name } = definition;
  if (!(await committer.load(name)))
    await committer.create(name, firstMetadata(definition, store.root, properties));
  const evolved = await commitToTable(catalog, name, async (base) => {
    check(base);
    checkPartitioning(defaultSpec(base.metadata), definition);
    return schemaChange(base.metadata, definition);
  });
  return evolved ?? loadTable(catalog, name);
}

function schemaChange(metadata: TableMetadata, definition: TableDefinition) {
  const newId = Math.max(...metadata.schemas.map((schema) => schema['schema-id'])) + 1;
  const schema = evolvedSchema(currentSchema(metadata), definition, newId);
  if (!schema) return undefined;
  return {
    updates: [
      { action: 'add-schema' as const, schema, 'last-column-id': lastColumnId(schema) },
      { action: 'set-current-schema' as const, 'schema-id': -1 as const },
      { action: 'set-properties' as const, updates: { [NAME_MAPPING]: nameMappingOf(schema) } },
    ],
  };
}

function firstMetadata(definition: TableDefinition, root: string, properties: Properties): TableMetadata {
  const schema = schemaOf(definition);
  const spec = partitionSpecOf(definition);
  return {
    'format-version': 2,
    'table-uuid': randomUUID(),
    location: `${root}/${definition.name}`,
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
      comment: definition.doc,
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
