import { OvertakenError } from '../../concurrency/keep-trying';
import type { Dataset } from '../datasets/dataset';
import { commitToTable, type Plan, placeOf } from './commit';
import type { Catalog, LoadedTable } from './committer';
import type { DataFile } from './data-file';
import { TableError } from './errors';
import { addedEntry, writeManifest } from './manifest';
import { liveManifests } from './manifest-list';
import { mergeManifests } from './merge-manifests';
import { currentSchema, defaultSpec } from './metadata';
import { newSnapshotId, stageSnapshot } from './new-snapshot';
import { summaryOf } from './summary';
import { CUT, FROM, RESUME_AFTER, rolledBackTo, STORE, THROUGH } from './table';

/** A part of the log, numbered in order; `from` and `through` are positions. */
export interface Cut {
  number: number;
  from: string;
  through: string;
  /** identity of the event store */
  store: string;
}

export interface AppendOptions {
  /**
   * the value of RESUME_AFTER, when the cuts behind it are being exported again; nothing else may be added
   * before them. Default: none
   */
  resuming?: string;
}

export type AppendResult =
  | { outcome: 'committed'; snapshotId: bigint; table: LoadedTable }
  /** the table has this cut */
  | { outcome: 'already' };

/**
 * Commits the files of a cut, once: whoever comes again, or second, finds them there.
 * @param files at least one
 * @throws OvertakenError when the table was rolled back meanwhile, or resumed by another exporter; TableError
 *   when it belongs to another event store; CommitConflictError; UnknownOutcomeError
 */
export async function appendFiles(
  catalog: Catalog,
  dataset: Dataset,
  files: readonly DataFile[],
  cut: Cut,
  { resuming }: AppendOptions = {},
): Promise<AppendResult> {
  const snapshotId = newSnapshotId();
  const table = await commitToTable(catalog, dataset.name, async (base) => {
    checkStore(base, cut);
    checkResuming(base, resuming);
    if (Number(base.metadata.properties[CUT] ?? -1) >= cut.number) return undefined;
    return planAppend(catalog, base, { dataset, files, cut, id: snapshotId });
  });
  return table ? { outcome: 'committed', snapshotId, table } : { outcome: 'already' };
}

interface Append {
  dataset: Dataset;
  files: readonly DataFile[];
  cut: Cut;
  /** the same in every attempt, so that a lost one is known again */
  id: bigint;
}

async function planAppend(
  catalog: Catalog,
  base: LoadedTable,
  { dataset, files, cut, id }: Append,
): Promise<Plan> {
  const { metadata } = base;
  const format = { schema: currentSchema(metadata), spec: defaultSpec(metadata) };
  const entries = files.map((file) => addedEntry(placeOf(base), dataset, format.spec, file, id));
  const added = await writeManifest(catalog.store, placeOf(base), format, id, entries);
  const manifests = await mergeManifests(catalog.store, base, id, [
    added,
    ...(await liveManifests(catalog.store, placeOf(base), metadata)),
  ]);
  const summary = { ...summaryOf(metadata, 'append', entries), ...cutSummary(cut) };
  const plan = await stageSnapshot(catalog, base, { id, manifests, summary });
  const properties = { action: 'set-properties' as const, updates: { [CUT]: String(cut.number) } };
  return { ...plan, updates: [...plan.updates, properties] };
}

function cutSummary({ number, from, through, store }: Cut): Record<string, string> {
  return {
    [CUT]: String(number),
    [FROM]: from,
    [THROUGH]: through,
    [STORE]: store,
  };
}

function checkStore({ name, metadata }: LoadedTable, { store }: Cut): void {
  const owner = metadata.properties[STORE];
  if (owner !== store) throw new TableError(name, `belongs to event store ${owner}, the cut is of ${store}`);
}

function checkResuming({ name, metadata }: LoadedTable, resuming: string | undefined): void {
  if (metadata.properties[RESUME_AFTER] === resuming) return;
  const cut = rolledBackTo(metadata);
  throw new OvertakenError(
    cut === undefined
      ? `table ${name} was resumed by another exporter`
      : `table ${name} was rolled back to cut ${cut}`,
  );
}
