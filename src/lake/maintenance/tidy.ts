import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessAborted } from '../../concurrency/unless-aborted';
import { DAY_MS } from '../../domain/calendar';
import { DuckDb, type DuckDbSession } from '../../duckdb/duckdb';
import { datasets } from '../datasets/catalogue';
import type { Dataset } from '../datasets/dataset';
import type { MaintainedCatalog } from '../iceberg/committer';
import { deleteOrphans, expireSnapshots } from '../tables/delete-unused';
import { compactTable } from './compact';

export interface TidyOptions {
  /**
   * partitions with fewer small files are left alone, so that rows are not rewritten too often; default 50
   */
  minFiles?: number;
  /** snapshots that are kept: each commit writes the list of all of them. Default 500 */
  keepSnapshots?: number;
  /** called for each table that could not be tidied; the next tidying tries it again */
  onFailed?(error: unknown): void;
}

const MIN_FILES = 50;
const KEEP_SNAPSHOTS = 500;

/**
 * Tidies the tables beside the export: compacts them, expires old snapshots and deletes orphans. A table that
 * gets a small file every few seconds stays quick to read and to commit to. Several processes may tidy at
 * once, because tables change by commits only.
 */
export class Tidying {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private sweptAt = 0;

  /**
   * @param workFolder for unfinished files; absolute. Nobody else uses it; it is made and removed each time
   */
  constructor(
    private readonly catalog: MaintainedCatalog,
    private readonly workFolder: string,
    private readonly options: TidyOptions = {},
  ) {}

  /**
   * Begins to tidy all tables, one after the other, unless that is under way. An abort ends it before the
   * next step.
   */
  begin(signal: AbortSignal): void {
    this.running ??= this.tidy(AbortSignal.any([signal, this.stopping.signal])).finally(() => {
      this.running = undefined;
    });
  }

  /** Waits for the tidying that is under way. */
  async ended(): Promise<void> {
    await this.running;
  }

  /** Ends the tidying that is under way before its next step. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended();
  }

  private async tidy(signal: AbortSignal): Promise<void> {
    await this.step(signal, async () => {
      await mkdir(this.workFolder, { recursive: true });
      const duckdb = await DuckDb.open({ temporaryFolder: join(this.workFolder, 'duckdb') });
      const session = await duckdb.connect();
      try {
        for (const dataset of datasets) await this.tidyTable(dataset, session, signal);
      } finally {
        session.close();
        duckdb.close();
        await rm(this.workFolder, { recursive: true, force: true });
      }
    });
    if (Date.now() - this.sweptAt >= DAY_MS) await this.sweep(signal);
  }

  private tidyTable(dataset: Dataset, session: DuckDbSession, signal: AbortSignal): Promise<void> {
    const { minFiles = MIN_FILES, keepSnapshots = KEEP_SNAPSHOTS } = this.options;
    const { workFolder } = this;
    return this.step(signal, async () => {
      await compactTable(this.catalog, dataset, { session, workFolder, minFiles, spareLarger: true, signal });
      signal.throwIfAborted();
      await unlessAborted(signal, expireSnapshots(this.catalog, dataset.name, { keepLast: keepSnapshots }));
    });
  }

  /**
   * Deletes what processes that died have left. It is deleted when it is a day old, so once a day is enough.
   * An abort leaves a deletion half done, as a crash would.
   */
  private async sweep(signal: AbortSignal): Promise<void> {
    const { catalog } = this;
    for (const { name } of datasets)
      await this.step(signal, () => unlessAborted(signal, deleteOrphans(catalog, name)));
    await this.step(signal, () => unlessAborted(signal, catalog.store.abortStaleUploads(DAY_MS)));
    if (!signal.aborted) this.sweptAt = Date.now();
  }

  /** Runs a step. Its failure does not keep the next steps from running. */
  private async step(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) this.options.onFailed?.(error);
    }
  }
}
