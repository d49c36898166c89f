import type { Dataset } from '../datasets/dataset';
import { commitToTable, type Plan, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import type { DataFile } from './data-file';
import { StaleFilesError, TableError } from './errors';
import { entriesOf } from './live-files';
import { locationOf } from './location';
import { addedEntry, DELETED, EXISTING, isLive, type ManifestEntry, writeManifest } from './manifest';
import { liveManifests, type ManifestFile } from './manifest-list';
import { currentSchema, defaultSpec } from './metadata';
import { newSnapshotId, stageSnapshot } from './new-snapshot';
import { historyOf } from './snapshots';
import { summaryOf } from './summary';
import { CUT, STORE, THROUGH } from './table';

/**
 * Puts files with the same rows in the place of others, in one commit. What was appended meanwhile stays.
 * @param removed keys of live files
 * @throws StaleFilesError when one of them is live no more, and then nothing is changed; TableError when the
 *   rows are not as many
 */
export async function replaceFiles(
  catalog: Catalog,
  dataset: Dataset,
  removed: readonly string[],
  added: readonly DataFile[],
): Promise<LoadedTable> {
  const id = newSnapshotId();
  const table = await commitToTable(catalog, dataset.name, (base) =>
    planReplace(catalog, base, { dataset, removed, added, id }),
  );
  return table!;
}

interface Replacement {
  dataset: Dataset;
  removed: readonly string[];
  added: readonly DataFile[];
  /** the same in every attempt, so that a lost one is known again */
  id: bigint;
}

async function planReplace(
  catalog: Catalog,
  base: LoadedTable,
  { dataset, removed, added, id }: Replacement,
): Promise<Plan> {
  const { metadata } = base;
  const format = { schema: currentSchema(metadata), spec: defaultSpec(metadata) };
  const entries = added.map((file) => addedEntry(placeOf(base), dataset, format.spec, file, id));
  const { untouched, touched, deleted } = await split(catalog, base, removed, id);
  checkRows(base, deleted, entries);
  const write = (some: readonly ManifestEntry[]) =>
    writeManifest(catalog.store, placeOf(base), format, id, some);
  const manifests = [await write(entries)];
  for (const rewritten of touched) manifests.push(await write(rewritten));
  const summary = {
    ...summaryOf(metadata, 'replace', entries, deleted),
    ...cutOfCurrent(base),
  };
  return stageSnapshot(catalog, base, { id, manifests: [...manifests, ...untouched], summary });
}

/** Which manifests stay, what those that do not become, and the entries of the removed files. */
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

/** The rows stay, and with them how far in the log the table is. */
function cutOfCurrent({ metadata }: LoadedTable): Record<string, string> {
  const summary = historyOf(metadata).find((snapshot) => CUT in snapshot.summary)?.summary ?? {};
  return Object.fromEntries(Object.entries(summary).filter(([name]) => [CUT, THROUGH, STORE].includes(name)));
}
