import type { StoreConfigured } from '../domain/events';
import type { Cut } from '../lake/cuts/cut';
import type { CutLog } from '../lake/cuts/cut-log';
import type { Dataset } from '../lake/datasets/dataset';
import { LakeError } from '../lake/errors/lake-error';
import { loadTable } from '../lake/iceberg/commit';
import type { Catalog } from '../lake/iceberg/committer';
import { clearResumeAfter } from '../lake/tables/rollback';
import { cutOf, RESUME_AFTER } from '../lake/tables/stamp';
import { type CutsAgain, concerns } from './cut-again';
import type { CutWriter } from './cut-writer';

export interface Resuming {
  catalog: Catalog;
  cuts: CutLog;
  again: CutsAgain;
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
 * @throws OvertakenError when the table was rolled back meanwhile; the reason of `signal`
 */
export async function resumeTable(
  { catalog, cuts, again, writer, settings, latest, isFinished }: Resuming,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<ExportedAgain | undefined> {
  const { metadata } = await loadTable(catalog, dataset.name);
  const resuming = metadata.properties[RESUME_AFTER];
  if (resuming === undefined && isFinished) return undefined;
  const exported: ExportedAgain = { dataset: dataset.name, cuts: 0, rows: 0 };
  const had = cutOf(metadata) ?? 0;
  const first = resuming === undefined ? Math.max(had + 1, latest.number) : had + 1;
  for (let number = first; number <= latest.number; number++) {
    signal.throwIfAborted();
    const cut = number === latest.number ? latest : await cuts.get(number);
    if (!cut)
      throw new LakeError(`${catalog.store.root} lacks cut ${number}, which ${dataset.name} needs again`);
    if (!concerns(cut, dataset)) continue;
    const window = await again.prepare(cut, dataset, settings, signal);
    exported.rows += await writer.write(cut, window, [dataset], { resuming, signal });
    exported.cuts++;
  }
  if (resuming === undefined) return undefined;
  await clearResumeAfter(catalog, dataset.name, resuming);
  return exported;
}
