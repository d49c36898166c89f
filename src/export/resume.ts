import type { StoreConfigured } from '../domain/events';
import type { EventStore } from '../event-store/event-store';
import type { Cut } from '../lake/cuts/cut';
import type { CutLog } from '../lake/cuts/cut-log';
import type { Dataset } from '../lake/datasets/dataset';
import { LakeError } from '../lake/errors/lake-error';
import { loadTable } from '../lake/iceberg/commit';
import type { Catalog } from '../lake/iceberg/committer';
import { clearResumeAfter } from '../lake/tables/rollback';
import { cutOf, RESUME_AFTER } from '../lake/tables/stamp';
import type { CutWriter } from './cut-writer';
import { concerns, rowsOfCut } from './rows-of-cut';

export interface Resuming {
  store: EventStore;
  catalog: Catalog;
  cuts: CutLog;
  writer: CutWriter;
  settings: StoreConfigured | undefined;
  /** the last cut that was decided */
  latest: Cut;
  /** `latest` is in all tables that were not rolled back since */
  isFinished: boolean;
}

/** What was exported to a table again, as after a rollback. */
export interface ExportedAgain {
  dataset: string;
  cuts: number;
  rows: number;
}

/**
 * Brings a table up to the last cut. A table that was rolled back, or made when there were cuts already, gets
 * every cut that it lacks.
 * @returns what was exported again after a rollback; undefined when there was none
 * @throws OvertakenError when the table was rolled back meanwhile
 */
export async function resumeTable(
  { store, catalog, cuts, writer, settings, latest, isFinished }: Resuming,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<ExportedAgain | undefined> {
  const { metadata } = await loadTable(catalog, dataset.name);
  const resuming = metadata.properties[RESUME_AFTER];
  if (resuming === undefined && isFinished) return undefined;
  const again: ExportedAgain = { dataset: dataset.name, cuts: 0, rows: 0 };
  const had = cutOf(metadata) ?? 0;
  const first = resuming === undefined ? Math.max(had + 1, latest.number) : had + 1;
  for (let number = first; number <= latest.number; number++) {
    if (signal.aborted) return undefined;
    const cut = number === latest.number ? latest : await cuts.get(number);
    if (!cut)
      throw new LakeError(`${catalog.store.root} lacks cut ${number}, which ${dataset.name} needs again`);
    if (!concerns(cut, dataset)) continue;
    const rows = await rowsOfCut(store, cut, settings, dataset);
    await writer.write(cut, rows, { only: dataset, resuming, signal });
    again.cuts++;
    again.rows += rows.rows;
  }
  if (resuming === undefined) return undefined;
  await clearResumeAfter(catalog, dataset.name, resuming);
  return again;
}
