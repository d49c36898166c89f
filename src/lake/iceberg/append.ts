import type { TableDefinition } from '../columns/table-definition';
import { commitToTable, type Plan, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import type { DataFile } from './data-file';
import { addedEntry, writeManifest } from './manifest';
import { liveManifests } from './manifest-list';
import { mergeManifests } from './merge-manifests';
import { currentSchema, defaultSpec, type Properties } from './metadata';
import { newSnapshotId, stageSnapshot } from './new-snapshot';
import { checkPartitioning } from './schema';
import { summaryOf } from './summary';

/** What a commit says of itself besides its files. */
export interface Stamp {
  /** of the snapshot that the commit adds */
  summary: Properties;
  /** of the table, from this commit on */
  properties: Properties;
}

export interface AppendOptions {
  stamp: Stamp;
  /**
   * Tells by the newest properties of a table whether it has the files already. Asked before each attempt;
   * may throw to refuse the files.
   */
  isDone(table: LoadedTable): boolean;
}

export type AppendResult =
  | { outcome: 'committed'; snapshotId: bigint; table: LoadedTable }
  /** the table has the files */
  | { outcome: 'already' };

/**
 * Commits files to a table, once: `isDone` tells a second caller that they are there.
 * @param files at least one
 * @throws what `isDone` throws; TableError; CommitConflictError; UnknownOutcomeError
 */
export async function appendFiles(
  catalog: Catalog,
  definition: TableDefinition,
  files: readonly DataFile[],
  { stamp, isDone }: AppendOptions,
): Promise<AppendResult> {
  const snapshotId = newSnapshotId();
  const table = await commitToTable(catalog, definition.name, async (base) =>
    isDone(base) ? undefined : planAppend(catalog, base, { definition, files, stamp, id: snapshotId }),
  );
  return table ? { outcome: 'committed', snapshotId, table } : { outcome: 'already' };
}

interface Append {
  definition: TableDefinition;
  files: readonly DataFile[];
  stamp: Stamp;
  /** the same in every attempt, so that an attempt whose answer was lost is recognised */
  id: bigint;
}

async function planAppend(
  catalog: Catalog,
  base: LoadedTable,
  { definition, files, stamp, id }: Append,
): Promise<Plan> {
  const { metadata } = base;
  // Another program may have made the table anew, with other partitions than the files are of.
  checkPartitioning(defaultSpec(metadata), definition);
  const format = { schema: currentSchema(metadata), spec: defaultSpec(metadata) };
  const entries = files.map((file) => addedEntry(placeOf(base), definition, format.spec, file, id));
  const added = await writeManifest(catalog.store, placeOf(base), format, id, entries);
  const manifests = await mergeManifests(catalog.store, base, id, [
    added,
    ...(await liveManifests(catalog.store, placeOf(base), metadata)),
  ]);
  const summary = { ...summaryOf(metadata, 'append', entries), ...stamp.summary };
  const plan = await stageSnapshot(catalog, base, { id, manifests, summary });
  const properties = { action: 'set-properties' as const, updates: stamp.properties };
  return { ...plan, updates: [...plan.updates, properties] };
}
