import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store';
import { Exporter } from '../../../src/export/exporter';
import type { CutLimits } from '../../../src/export/limits';
import type { MaintainedCatalog } from '../../../src/lake/iceberg/committer';

/** Exports what the log has now to a lake, as a process of its own would. @param limits of a cut */
export async function exportLog(
  store: EventStore,
  catalog: MaintainedCatalog,
  limits?: Partial<CutLimits>,
): Promise<void> {
  const workFolder = await mkdtemp(join(tmpdir(), 'tidemark-work-'));
  try {
    const exporter = await Exporter.open({ store, catalog, workFolder, limits });
    try {
      await exporter.catchUp(new AbortController().signal);
    } finally {
      await exporter.close();
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
