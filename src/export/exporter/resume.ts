import type { StoreConfigured } from '../../domain/events';
import type { EventStore } from '../../event-store/event-store';
import { datasets } from '../datasets/catalogue';
import type { Catalog } from '../iceberg/committer';
import { clearResumeAfter } from '../iceberg/rollback';
import { RESUME_AFTER } from '../iceberg/table';
import type { Cut } from './cut';
import type { CutLog } from './cut-log';
import type { CutWriter } from './cut-writer';
import { LakeError } from './errors';
import { rowsOfCut } from './rows-of-cut';

interface Resuming {
  store: EventStore;
  catalog: Catalog;
  cuts: CutLog;
  writer: CutWriter;
}

/** Tables that were rolled back get the cuts behind that snapshot again: the log is the truth, and the lake has all of it. */
export async function resumeAfterRollback(
  { store, catalog, cuts, writer }: Resuming,
  settings: StoreConfigured | undefined,
  latest: Cut,
  signal: AbortSignal,
): Promise<void> {
  for (const dataset of datasets) {
    const table = await catalog.committer.load(dataset.name);
    const rolledBackTo = table?.metadata.properties[RESUME_AFTER];
    if (rolledBackTo === undefined) continue;
    for (let number = Number(rolledBackTo) + 1; number <= latest.number; number++) {
      if (signal.aborted) return;
      const cut = await cuts.get(number);
      if (!cut)
        throw new LakeError(`${catalog.store.root} lacks cut ${number}, which ${dataset.name} needs again`);
      await writer.write(cut, await rowsOfCut(store, cut, settings, dataset), dataset);
    }
    await clearResumeAfter(catalog, dataset.name);
  }
}
