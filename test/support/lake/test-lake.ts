import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store';
import { Exporter, type ExporterOptions } from '../../../src/export/exporter';
import type { Catalog, MaintainedCatalog } from '../../../src/lake/iceberg/committer';
import type { MaintainedObjectStore, ObjectStore } from '../../../src/lake/object-store/object-store';
import { openObjectStore } from '../../../src/lake/object-store/open';
import type { LakeOptions } from '../../../src/lake/open-lake';
import { lakeCommitter } from '../../../src/lake/tables/lake-committer';

/** The tables in a store, as a new process sees them: nothing is remembered. */
export const catalogIn = <S extends ObjectStore>(store: S): Catalog & { store: S } => ({
  store,
  committer: lakeCommitter(store),
});

/** A lake, and a folder beside it for unfinished files of exporters. */
export class ExportedLake {
  protected constructor(
    readonly folder: string,
    readonly options: LakeOptions,
    readonly store: MaintainedObjectStore,
  ) {}

  /** Opens a lake where the options say, such as in a bucket. `remove` leaves its objects there. */
  static async open(options: LakeOptions): Promise<ExportedLake> {
    return new ExportedLake(await newFolder(), options, await openObjectStore(options));
  }

  /** The lake as a new process sees it. */
  catalog(store = this.store): MaintainedCatalog {
    return catalogIn(store);
  }

  /** Exports what the log has now, as a process of its own would. */
  async export(
    store: EventStore,
    { signal = new AbortController().signal, ...options }: ExportOptions & { signal?: AbortSignal } = {},
  ): Promise<void> {
    const exporter = await this.exporter(store, options);
    try {
      await exporter.catchUp(signal);
    } finally {
      await exporter.close();
    }
  }

  exporter(store: EventStore, options: ExportOptions = {}): Promise<Exporter> {
    return Exporter.open({
      catalog: this.catalog(),
      ...options,
      store,
      workFolder: join(this.folder, 'work'),
    });
  }

  /** Exports new events while some work is done, as a process of its own would. */
  async whileFollowing<T>(store: EventStore, options: ExportOptions, work: () => Promise<T>): Promise<T> {
    const exporter = await this.exporter(store, options);
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    following.catch(() => {});
    try {
      return await work();
    } finally {
      stop.abort();
      await following.finally(() => exporter.close());
    }
  }

  async remove(): Promise<void> {
    await this.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A lake in a folder of its own. */
export class FolderLake extends ExportedLake {
  static async create(): Promise<FolderLake> {
    const folder = await newFolder();
    const options = { url: join(folder, 'lake') };
    return new FolderLake(folder, options, await openObjectStore(options));
  }
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'tidemark-lake-'));

type ExportOptions = Partial<Omit<ExporterOptions, 'store' | 'workFolder'>>;
