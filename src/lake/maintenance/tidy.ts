import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessAborted } from '../../concurrency/unless-aborted';
import { DAY_MS } from '../../domain/calendar';
import { datasets } from '../datasets/catalogue';
import type { Dataset } from '../datasets/dataset';
import type { MaintainedCatalog } from '../iceberg/committer';
import { ParquetWriter } from '../parquet/parquet-writer';
import { deleteOrphans, expireSnapshots } from '../tables/delete-unused';
import { compactTable } from './compact';

export interface TidyOptions {
  /**
   * a partition with fewer small files is left alone, so that rows are not written again and again; default
   * 50
   */
  minFiles?: number;
  /** the metadata of a table lists every snapshot and is written with each commit; default 500 */
  keepSnapshots?: number;
  /** called for each table that could not be tidied, which can wait for the next time */
  onFailed?(error: unknown): void;
}

const MIN_FILES = 50;
const KEEP_SNAPSHOTS = 500;

/**
 * Keeps tables quick to commit to and to read while they grow, one small file every few seconds: what the
 * commands `compact` and `expire` do, with less ambition, and beside the export. Several processes may do it
 * at once: tables change by commits only.
 */
export class Tidying {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private sweptAt = 0;

  /**
   * @param workFolder for files that are being made; absolute, of nobody else, and there only while they are
   */
  constructor(
    private readonly catalog: MaintainedCatalog,
    private readonly workFolder: string,
    private readonly options: TidyOptions = {},
  ) {}

  /**
   * Begins with every table, one after the other, unless that is under way. An abort ends it before the next
   * step.
   */
  begin(signal: AbortSignal): void {
    this.running ??= this.tidy(AbortSignal.any([signal, this.stopping.signal])).finally(() => {
      this.running = undefined;
    });
  }

  /** Waits for what is under way. */
  async ended(): Promise<void> {
    await this.running;
  }

  /** Ends what is under way before its next step. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended();
  }

  private async tidy(signal: AbortSignal): Promise<void> {
    await this.step(signal, async () => {
      await mkdir(this.workFolder, { recursive: true });
      const parquet = await ParquetWriter.open({ temporaryFolder: join(this.workFolder, 'duckdb') });
      try {
        for (const dataset of datasets) await this.tidyTable(dataset, parquet, signal);
      } finally {
        await parquet.close();
        await rm(this.workFolder, { recursive: true, force: true });
      }
    });
    if (Date.now() - this.sweptAt >= DAY_MS) await this.sweep(signal);
  }

  private tidyTable(dataset: Dataset, parquet: ParquetWriter, signal: AbortSignal): Promise<void> {
    const { minFiles = MIN_FILES, keepSnapshots = KEEP_SNAPSHOTS } = this.options;
    const { workFolder } = this;
    return this.step(signal, async () => {
      await compactTable(this.catalog, dataset, { parquet, workFolder, minFiles, spareLarger: true, signal });
      signal.throwIfAborted();
      await unlessAborted(signal, expireSnapshots(this.catalog, dataset.name, { keepLast: keepSnapshots }));
    });
  }

  /**
   * What the dead have left over is deleted when it is a day old: it need not be looked for more often. A
   * deletion may be left half done, as by a crash.
   */
  private async sweep(signal: AbortSignal): Promise<void> {
    const { catalog } = this;
    for (const { name } of datasets)
      await this.step(signal, () => unlessAborted(signal, deleteOrphans(catalog, name)));
    await this.step(signal, () => unlessAborted(signal, catalog.store.abortStaleUploads(DAY_MS)));
    if (!signal.aborted) this.sweptAt = Date.now();
  }

  /** One that fails does not keep the others from being done. */
  private async step(signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) this.options.onFailed?.(error);
    }
  }
}
