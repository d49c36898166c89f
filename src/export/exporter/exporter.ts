import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { StoreConfigured } from '../../domain/events';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { readSettings } from '../../event-store/settings-stream';
import { OvertakenError } from '../../feed/keep-trying';
import { StoreFeed } from '../../feed/store-feed';
import { datasets, eventDatasets } from '../datasets/catalogue';
import type { MaintainedCatalog } from '../iceberg/committer';
import { ensureTable } from '../iceberg/table';
import { ParquetWriter } from '../parquet/parquet-writer';
import type { Cut, RangeCut } from './cut';
import { CutLog } from './cut-log';
import { CutRows } from './cut-rows';
import { CutWriter } from './cut-writer';
import { LakeError } from './errors';
import { type CutLimits, DEFAULT_LIMITS, type Gathered, gather } from './gather';
import { claimLake, lakeIdentity } from './lake-identity';
import { type BadRow, openBadRows, planRedrive } from './redrive';
import { resumeAfterRollback } from './resume';
import { rowsOfCut } from './rows-of-cut';
import { Tidying, type TidyOptions } from './tidy';
import { openWorkFolder, type WorkFolder } from './work-folder';

export interface ExporterOptions {
  store: EventStore;
  catalog: MaintainedCatalog;
  /** folder for files that are being made; absolute */
  workFolder: string;
  limits?: Partial<CutLimits>;
  /** the tables are tidied after every so many cuts; default 100 */
  tidyEvery?: number;
  tidy?: TidyOptions;
  /** called when a cut is in all tables of the lake */
  onExported?(exported: Exported): void;
}

export interface Exported {
  /** as far as the log is in the lake; '' before the first event */
  position: Position;
  /** of the cut that was just exported */
  events: number;
  rows: number;
}

/**
 * Takes the event log to the tables of a lake, cut by cut. A cut is decided once, in the lake itself; rows, files and commits
 * follow from it, so that after a crash at any point doing the last cut again leads to the same. Several exporters at once only
 * do work in vain.
 */
export class Exporter {
  private readonly cuts: CutLog;
  private readonly limits: CutLimits;
  private readonly tidying: Tidying;
  private settings: StoreConfigured | undefined;

  private constructor(
    private readonly options: ExporterOptions,
    private readonly parquet: ParquetWriter,
    private readonly writer: CutWriter,
    private readonly work: WorkFolder,
  ) {
    this.cuts = new CutLog(options.catalog.store);
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.tidying = new Tidying(options.catalog, join(work.path, 'tidy'), options.tidy);
  }

  /**
   * Makes the tables that are missing and brings the lake up to the last cut that was decided.
   * @throws ForeignLakeError when the lake is another event store's; ForeignCheckpointError when it is ahead of this one's log
   */
  static async open(options: ExporterOptions): Promise<Exporter> {
    const { store, catalog } = options;
    const storeIdentity = await store.identity();
    await claimLake(catalog.store, storeIdentity);
    await Promise.all(datasets.map((dataset) => ensureTable(catalog, dataset, storeIdentity)));
    const work = await openWorkFolder(options.workFolder);
    const parquet = await ParquetWriter.open({ temporaryFolder: `${work.path}/duckdb` });
    const writer = new CutWriter({ catalog, parquet, workFolder: work.path, storeIdentity });
    return new Exporter(options, parquet, writer, work);
  }

  /**
   * Exports what the log has, then what is new, until `signal` aborts. The log is read in one go every `ageMs`, rather than event by
   * event: whoever makes the events needs the processor more than the lake does.
   */
  async follow(signal: AbortSignal): Promise<void> {
    let last = await this.recover(signal);
    while (!signal.aborted) {
      last = await this.exportNew(last, signal);
      await delay(this.limits.ageMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Exports what the log has at the time of the call. An abort leaves the rest for the next time. */
  async catchUp(signal: AbortSignal): Promise<void> {
    await this.exportNew(await this.recover(signal), signal);
    await this.tidying.ended();
  }

  /**
   * Gives events that a dataset had refused another try, and takes those that fit now to its table.
   * @returns how many fit, and those that are refused still
   * @throws OvertakenError when another exporter was first; what was said to fit is in the lake or will be
   */
  async redrive(signal: AbortSignal): Promise<{ redriven: number; refused: BadRow[] }> {
    const { store, catalog } = this.options;
    let redriven = 0;
    for (;;) {
      const last = await this.recover(signal);
      const refused = await openBadRows(catalog, `${this.work.path}/bad-rows`);
      if (!last || signal.aborted) return { redriven, refused };
      const { number, through, throughRecordedAt } = last;
      const planned = await planRedrive(store, refused, { number: number + 1, through, throughRecordedAt });
      if (!planned) return { redriven, refused };
      const cut = await this.decide(planned);
      const rows = await rowsOfCut(store, cut, this.settings);
      await this.finish(cut, { rows, events: cut.events.length }, signal);
      redriven += cut.events.length;
    }
  }

  async close(): Promise<void> {
    await this.tidying.stop();
    await this.parquet.close();
    await this.work.remove();
  }

  /** @returns the last cut that was decided */
  private async exportNew(after: Cut | undefined, signal: AbortSignal): Promise<Cut | undefined> {
    let last = after;
    let finishing = Promise.resolve();
    const batches = this.options.store.readAll(last?.through || null, { signal });
    const newRows = () => new CutRows(eventDatasets, this.settings);
    try {
      // The next cut is gathered while the one before is written.
      for await (const next of gather(batches, newRows, this.limits, signal)) {
        // A store is configured by its first command; this cut may be the one that has it.
        this.settings ??= next.rows.settings;
        await finishing;
        last = await this.decide(rangeAfter(last, next));
        finishing = this.finish(last, next, signal);
        finishing.catch(() => {});
      }
    } finally {
      await finishing;
    }
    return last;
  }

  /** Brings every table up to the last cut that was decided, by whomever. */
  private async recover(signal: AbortSignal): Promise<Cut | undefined> {
    const { store, catalog } = this.options;
    this.settings = (await readSettings(store))?.data;
    const latest = await this.cuts.latest();
    const checkpoint = { storeIdentity: await store.identity(), position: latest?.through ?? '' };
    await new StoreFeed(store).check(checkpoint);
    if (!latest) return undefined;
    await resumeAfterRollback(
      { store, catalog, cuts: this.cuts, writer: this.writer },
      this.settings,
      latest,
      signal,
    );
    if ((await this.cuts.progress()) !== latest.number) {
      await this.writer.write(latest, await rowsOfCut(store, latest, this.settings));
      await this.cuts.finished(latest.number);
    }
    return latest;
  }

  /** @throws OvertakenError when another exporter has decided this cut in another way; LakeError when the lake was emptied */
  private async decide<C extends Cut>(wanted: C): Promise<C> {
    await this.checkNotEmptied(wanted.number);
    if (isDeepStrictEqual(await this.cuts.decide(wanted), wanted)) return wanted;
    throw new OvertakenError(`cut ${wanted.number} of the lake was decided by another exporter`);
  }

  /** What is remembered of the tables would be committed to an empty place, and what they had would be missing. */
  private async checkNotEmptied(next: number): Promise<void> {
    const { store } = this.options.catalog;
    const before = next === 1 ? await lakeIdentity(store) : await this.cuts.get(next - 1);
    if (before === undefined)
      throw new LakeError(
        `The lake ${store.root} was emptied while it was exported to; it is to be begun anew`,
      );
  }

  private async finish(
    cut: Cut,
    { rows, events }: Pick<Gathered, 'rows' | 'events'>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.writer.write(cut, rows);
    await this.cuts.finished(cut.number);
    if (cut.number % (this.options.tidyEvery ?? TIDY_EVERY) === 0) this.tidying.begin(signal);
    this.options.onExported?.({ position: cut.through, events, rows: rows.rows });
  }
}

/** At ten seconds a cut: some quarter of an hour. */
const TIDY_EVERY = 100;

function rangeAfter(last: Cut | undefined, { through, throughRecordedAt }: Gathered): RangeCut {
  const number = (last?.number ?? 0) + 1;
  return { kind: 'range', number, after: last?.through ?? '', through, throughRecordedAt };
}
