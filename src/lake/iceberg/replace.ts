import type { TableDefinition } from '../columns/table-definition';
import { commitToTable, type Plan, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import type { DataFile } from './data-file';
import { StaleFilesError, TableError } from './errors';
import { entriesOf } from './live-files';
import { locationOf } from './location';
import { addedEntry, DELETED, EXISTING, isLive, type ManifestEntry, writeManifest } from './manifest';
import { liveManifests, type ManifestFile } from './manifest-list';
import { currentSchema, defaultSpec, type Properties, type Snapshot } from './metadata';
import { newSnapshotId, stageSnapshot } from './new-snapshot';
import { historyOf } from './snapshots';
import { summaryOf } from './summary';

/**
 * What a snapshot says that has the same rows as the one before it.
 * @param history earlier snapshots, newest first
 */
export type CarryOver = (history: readonly Snapshot[]) => Properties;

/**
 * Replaces files by others with the same rows, in one commit. What was appended meanwhile stays.
 * @param removed keys of live files
 * @param carryOver default: nothing
 * @throws StaleFilesError when a removed file is no longer live, and then nothing is changed; TableError when
 *   the numbers of rows differ
 */
export async function replaceFiles(
  catalog: Catalog,
  definition: TableDefinition,
  removed: readonly string[],
  added: readonly DataFile[],
  carryOver: CarryOver = () => ({}),
): Promise<LoadedTable> {
  const id = newSnapshotId();
  const table = await commitToTable(catalog, definition.name, (base) =>
    planReplace(catalog, base, { definition, removed, added, carryOver, id }),
  );
  return table!;
}

interface Replacement {
  definition: TableDefinition;
  removed: readonly string[];
  added: readonly DataFile[];
  carryOver: CarryOver;
  /** the same in every attempt, so that an attempt whose answer was lost is recognised */
  id: bigint;
}

async function planReplace(
  catalog: Catalog,
  base: LoadedTable,
  { definition, removed, added, carryOver, id }: Replacement,
): Promise<Plan> {
  const { metadata } = base;
  const format = { schema: currentSchema(metadata), spec: defaultSpec(metadata) };
  const entries = added.map((file) => addedEntry(placeOf(base), definition, format.spec, file, id));
  const { untouched, touched, deleted } = await split(catalog, base, removed, id);
  checkRows(base, deleted, entries);
  const write = (some: readonly ManifestEntry[]) =>
    writeManifest(catalog.store, placeOf(base), format, id, some);
  const manifests = [await write(entries)];
  for (const rewritten of touched) manifests.push(await write(rewritten));
  const summary = {
    ...summaryOf(metadata, 'replace', entries, deleted),
    ...carryOver(historyOf(metadata)),
  };
  return stageSnapshot(catalog, base, { id, manifests: [...manifests, ...untouched], summary });
}

/**
 * Divides the manifests: `untouched` ones stay, `touched` ones are written anew with the entries given here.
 * `deleted` are the entries of the removed files.
 */
async function split(catalog: Catalog, base: LoadedTable, removed: readonly string[], id: bigint) {
  const place = placeOf(base);
  const missing = new Map(removed.map((key) => [locationOf(place, key), key]));
  const untouched: ManifestFile[] = [];
  const touched: ManifestEntry[][] = [];
  const deleted: ManifestEntry[] = [];
  for (const manifest of await liveManifests(catalog.store, place, base.metadata)) {
    const live = missing.size === 0 ? [] : (await entriesOf(catalog, base, manifest)).filter(isLive);
    if (!live.some(({ data_file }) => missing.has(data_file.file_path))) {
      untouched.push(manifest);
      continue;
    }
    const rewritten = live.map((entry): ManifestEntry => {
      if (!missing.delete(entry.data_file.file_path)) return { ...entry, status: EXISTING };
      return { ...entry, status: DELETED, snapshot_id: id };
    });
    touched.push(rewritten);
    deleted.push(...rewritten.filter(({ status }) => status === DELETED));
  }
  if (missing.size > 0) throw new StaleFilesError(base.name, [...missing.values()]);
  return { untouched, touched, deleted };
}

function checkRows(
  { name }: LoadedTable,
  deleted: readonly ManifestEntry[],
  added: readonly ManifestEntry[],
): void {
  const rows = (entries: readonly ManifestEntry[]) =>
    entries.reduce((sum, { data_file }) => sum + data_file.record_count, 0);
  if (rows(deleted) === rows(added)) return;
  throw new TableError(name, `${rows(deleted)} rows cannot be replaced by ${rows(added)}`);
}
