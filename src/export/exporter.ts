import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { OvertakenError } from '../concurrency/keep-trying';
import type { StoreConfigured } from '../domain/events';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { readSettings } from '../event-store/settings-stream';
import { StoreFeed } from '../feed/store-feed';
import type { BackfillCut, Cut, RangeCut } from '../lake/cuts/cut';
import { CutLog } from '../lake/cuts/cut-log';
import { datasets, eventDatasets } from '../lake/datasets/catalogue';
import type { Dataset } from '../lake/datasets/dataset';
import { LakeError } from '../lake/errors/lake-error';
import type { MaintainedCatalog } from '../lake/iceberg/committer';
import { checkCutLog, checkOwner, claimLake, lakeIdentity } from '../lake/lake-identity';
import { openWorkFolder, type WorkFolder } from '../lake/local-files/work-folder';
import { Tidying, type TidyOptions } from '../lake/maintenance/tidy';
import { ParquetWriter } from '../lake/parquet/parquet-writer';
import { ensureTable } from '../lake/tables/ensure-table';
import { CutRows } from './cut-rows';
import { CutWriter } from './cut-writer';
import { type CutLimits, DEFAULT_LIMITS, type Gathered, gather } from './gather';
import { type BadRow, openBadRows, planRedrive } from './redrive';
import { type ExportedAgain, resumeTable } from './resume';

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
  /** called when a table that was rolled back is complete again */
  onExportedAgain?(again: ExportedAgain): void;
}

export interface Exported {
  /** as far as the log is in the lake; '' before the first event */
  position: Position;
  /** of the cut that was just exported */
  events: number;
  rows: number;
}

export interface RedriveResult {
  /** how many events got their rows, counted once for each dataset */
  redriven: number;
  /** how many did not */
  stillRefused: number;
  /** the first thousand of those */
  refused: BadRow[];
}

/** Of what is refused still, to be shown. */
const REFUSED_SHOWN = 1_000;

/**
 * Takes the event log to the tables of a lake, cut by cut. A cut is decided once, in the lake itself; rows,
 * files and commits follow from it, so that after a crash at any point doing the last cut again leads to the
 * same. Several exporters at once only do work in vain.
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
   * Makes the tables that are missing, and brings the others up to what their datasets say.
   * @throws ForeignLakeError when the lake is another event store's; ForeignCheckpointError when it is ahead
   *   of this one's log; LakeError when the record of its cuts is gone
   */
  static async open(options: ExporterOptions): Promise<Exporter> {
    const { store, catalog } = options;
    const storeIdentity = await store.identity();
    await checkOwner(catalog.store, storeIdentity);
    await checkCutLog(catalog);
    await claimLake(catalog.store, storeIdentity);
    const hasCuts = (await new CutLog(catalog.store).get(1)) !== undefined;
    await Promise.all(datasets.map((dataset) => ensureTable(catalog, dataset, storeIdentity, hasCuts)));
    const work = await openWorkFolder(options.workFolder);
    const parquet = await ParquetWriter.open({ temporaryFolder: `${work.path}/duckdb` });
    const writer = new CutWriter({ catalog, parquet, workFolder: work.path, storeIdentity });
    return new Exporter(options, parquet, writer, work);
  }

  /**
   * Exports what the log has, then what is new, until `signal` aborts. The log is read in one go every
   * `ageMs`, rather than event by event: whoever makes the events needs the processor more than the lake
   * does. Each time it is looked what others did to the tables.
   */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.exportNew(await this.bringUp(signal), signal);
        await delay(this.limits.ageMs, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /**
   * Exports what the log has at the time of the call. @throws the reason of `signal`; the rest is left for
   * the next time
   */
  async catchUp(signal: AbortSignal): Promise<void> {
    await this.exportNew(await this.bringUp(signal), signal);
    await this.tidying.ended();
  }

  /**
   * Gives events that a dataset had refused another try, each once, and takes those that fit now to its
   * table. Other exporters may be at work.
   */
  async redrive(signal: AbortSignal): Promise<RedriveResult> {
    const result: RedriveResult = { redriven: 0, stillRefused: 0, refused: [] };
    for (const dataset of eventDatasets) {
      let tried: Position | undefined = '';
      while (tried !== undefined && !signal.aborted) {
        try {
          tried = await this.redriveNext(dataset, tried, result, signal);
        } catch (error) {
          if (!(error instanceof OvertakenError)) throw error;
        }
      }
    }
    return result;
  }

  async close(): Promise<void> {
    await this.tidying.stop();
    await this.parquet.close();
    await this.work.remove();
  }

  /** Exports what stands behind a cut. */
  private async exportNew(after: Cut | undefined, signal: AbortSignal): Promise<void> {
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
  }

  /**
   * Brings every table up to the last cut that was decided, by whomever.
   * @returns that cut
   */
  private async bringUp(signal: AbortSignal): Promise<Cut | undefined> {
    const { store, catalog } = this.options;
    const { cuts, writer } = this;
    this.settings ??= (await readSettings(store))?.data;
    const latest = await cuts.latest();
    const checkpoint = { storeIdentity: await store.identity(), position: latest?.through ?? '' };
    await new StoreFeed(store).check(checkpoint);
    if (!latest) return undefined;
    const isFinished = (await cuts.progress()) === latest.number;
    const resuming = { store, catalog, cuts, writer, settings: this.settings, latest, isFinished };
    for (const dataset of datasets) {
      const again = await resumeTable(resuming, dataset, signal);
      if (again) this.options.onExportedAgain?.(again);
    }
    if (signal.aborted) return latest;
    if (!isFinished) await cuts.finished(latest.number);
    return this.backfill(latest, signal);
  }

  /**
   * Exports to datasets that are new in the lake what others have already. @returns the last cut that was
   * decided
   */
  private async backfill(latest: Cut, signal: AbortSignal): Promise<Cut> {
    let last = latest;
    for (const dataset of eventDatasets) {
      let covered = await this.cuts.coveredThrough(dataset.name, last);
      if (covered === last.through) continue;
      const batches = this.options.store.readAll(covered || null, { until: last.through, signal });
      const newRows = () => new CutRows([dataset], this.settings);
      for await (const next of gather(batches, newRows, this.limits, signal)) {
        const cut = await this.decide(backfillAfter(last, dataset, covered, next));
        await this.finish(cut, next, signal);
        covered = cut.until;
        last = cut;
      }
    }
    return last;
  }

  /**
   * One cut of events that fit a dataset at last.
   * @param tried position of the last one that was tried; '' before the first
   * @returns how far it is tried then; undefined when there was nothing left to try
   * @throws OvertakenError when another exporter was first; what was not said to fit is then to be tried
   *   again
   */
  private async redriveNext(
    dataset: Dataset,
    tried: Position,
    result: RedriveResult,
    signal: AbortSignal,
  ): Promise<Position | undefined> {
    const { store, catalog } = this.options;
    const last = await this.bringUp(signal);
    if (!last || signal.aborted) return undefined;
    const bad = await openBadRows(catalog, dataset, { after: tried, workFolder: this.work.path });
    if (bad.length === 0) return undefined;
    const { settings, limits } = this;
    const { cut, rows, refused, through } = await planRedrive(
      { store, settings, limits, last },
      dataset,
      bad,
    );
    if (cut) {
      await this.decide(cut);
      result.redriven += cut.events.length;
      await this.finish(cut, { rows, events: cut.events.length }, signal);
    }
    result.stillRefused += refused.length;
    result.refused.push(...refused.slice(0, REFUSED_SHOWN - result.refused.length));
    return through;
  }

  /**
   * @throws OvertakenError when another exporter has decided this cut in another way; LakeError when the lake
   *   was emptied
   */
  private async decide<C extends Cut>(wanted: C): Promise<C> {
    await this.checkNotEmptied(wanted.number);
    if (isDeepStrictEqual(await this.cuts.decide(wanted), wanted)) return wanted;
    throw new OvertakenError(`cut ${wanted.number} of the lake was decided by another exporter`);
  }

  /**
   * What is remembered of the tables would be committed to an empty place, and what they had would be
   * missing.
   */
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
    await this.writer.write(cut, rows, { signal });
    await this.cuts.finished(cut.number);
    if (cut.number % (this.options.tidyEvery ?? TIDY_EVERY) === 0) this.tidying.begin(signal);
    this.options.onExported?.({ position: cut.through, events, rows: rows.rows });
  }
}

/** At ten seconds a cut: some quarter of an hour. */
const TIDY_EVERY = 100;

function rangeAfter(last: Cut | undefined, { through, throughRecordedAt, rows }: Gathered): RangeCut {
  return {
    kind: 'range',
    number: (last?.number ?? 0) + 1,
    after: last?.through ?? '',
    through,
    throughRecordedAt,
    datasets: eventDatasets.map(({ name }) => name),
    refused: rows.refused,
  };
}

function backfillAfter(last: Cut, { name }: Dataset, after: Position, next: Gathered): BackfillCut {
  const { number, through, throughRecordedAt } = last;
  return {
    kind: 'backfill',
    number: number + 1,
    dataset: name,
    after,
    until: next.through,
    refused: next.rows.refused,
    through,
    throughRecordedAt,
  };
}
