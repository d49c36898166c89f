import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store';
import { Exporter } from '../../../src/export/exporter/exporter';
import type { CutLimits } from '../../../src/export/exporter/gather';
import type { Catalog } from '../../../src/export/iceberg/committer';
import { HadoopCommitter } from '../../../src/export/iceberg/hadoop-committer';
import type { ObjectStore } from '../../../src/export/object-store/object-store';
import { openObjectStore } from '../../../src/export/object-store/open';

/** A lake in a folder of its own. */
export class FolderLake {
  private constructor(
    readonly folder: string,
    readonly store: ObjectStore,
  ) {}

  static async create(): Promise<FolderLake> {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-lake-'));
    return new FolderLake(folder, await openObjectStore({ url: join(folder, 'lake') }));
  }

  /** As another process sees it: nothing is remembered. */
  catalog(store: ObjectStore = this.store): Catalog {
    return { store, committer: new HadoopCommitter(store) };
  }

  /** Exports what the log has now, as a process of its own would. */
  async export(
    store: EventStore,
    { limits, signal = new AbortController().signal, catalog = this.catalog() }: ExportOptions = {},
  ): Promise<void> {
    const exporter = await this.exporter(store, { limits, catalog });
    try {
      await exporter.catchUp(signal);
    } finally {
      await exporter.close();
    }
  }

  exporter(store: EventStore, { limits, catalog = this.catalog() }: ExportOptions = {}): Promise<Exporter> {
    return Exporter.open({ store, catalog, workFolder: join(this.folder, 'work'), limits });
  }

  async remove(): Promise<void> {
    await this.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface ExportOptions {
  limits?: Partial<CutLimits>;
  signal?: AbortSignal;
  catalog?: Catalog;
}
