import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OvertakenError } from '../concurrency/keep-trying';
import type { StoreConfigured } from '../domain/events';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { readSettings } from '../event-store/settings-stream';
import { StoreFeed } from '../feed/store-feed';
import { type Cut, isHandedOver } from '../lake/cuts/cut';
import { CutLog } from '../lake/cuts/cut-log';
import { datasets, eventDatasets } from '../lake/datasets/catalogue';
import type { Dataset } from '../lake/datasets/dataset';
import type { EventsPartition } from '../lake/datasets/events.dataset';
import { HandedOverError } from '../lake/errors/lake-error';
import type { MaintainedCatalog } from '../lake/iceberg/committer';
import { checkCutLog, checkOwner, claimLake } from '../lake/lake-identity';
import { openWorkFolder, type WorkFolder } from '../lake/local-files/work-folder';
import { Tidying, type TidyOptions } from '../lake/maintenance/tidy';
import { tellHandedOver } from '../lake/tables/handed-over';
import { makeTables } from '../lake/tables/make-tables';
import { CutsAgain } from './cut-again';
import { CutWriter } from './cut-writer';
import { type CutLimits, DEFAULT_LIMITS } from './limits';
import { backfillAfter, decideCut, handoverAfter, type NextPart, rangeAfter } from './next-cut';
import { openBadRows, planRedrive, REFUSED_SHOWN, type RedriveResult } from './redrive';
import { type ExportedAgain, resumeTable } from './resume';
import type { LogWindow } from './window/log-window';
import { Windows } from './window/windows';

export interface ExporterOptions {
  store: EventStore;
  catalog: MaintainedCatalog;
  /** folder for unfinished files; absolute */
  workFolder: string;
  limits?: Partial<CutLimits>;
  /** how the table of events is partitioned, if it is made now; default month */
  eventsPartition?: EventsPartition;
  /** the tables are tidied after every so many cuts; default 100, which is a quarter of an hour or more */
  tidyEvery?: number;
  tidy?: TidyOptions;
  /** called when all tables of the lake have a cut */
  onExported?(exported: Exported): void;
  /** called when a table that was rolled back is complete again */
  onExportedAgain?(again: ExportedAgain): void;
}

export interface Exported {
  /** position of the last event that is exported; '' before the first */
  position: Position;
  /** of the cut that was just exported */
  events: number;
  rows: number;
}

/** A part of the log in a window, prepared to be written. */
interface Part extends NextPart {
  window: LogWindow;
  events: number;
}

const TIDY_EVERY = 100;

/**
 * Takes the event log to the tables of a lake, cut by cut. A cut is decided once, in the lake itself. Rows,
 * files and commits follow from it, so that after a crash the last cut is done again with the same result.
 * Several exporters at once do no harm; all but one work in vain.
 */
export class Exporter {
  private readonly cuts: CutLog;
  private readonly limits: CutLimits;
  private readonly tidying: Tidying;
  private settings: StoreConfigured | undefined;

  private constructor(
    private readonly options: ExporterOptions,
    private readonly windows: Windows,
    private readonly writer: CutWriter,
    private readonly work: WorkFolder,
  ) {
    this.cuts = new CutLog(options.catalog.store);
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.tidying = new Tidying(options.catalog, join(work.path, 'tidy'), options.tidy);
  }

  /**
   * Makes the tables that are missing, and brings the schemas of the others up to their datasets.
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
    const { eventsPartition } = options;
    const layout = await makeTables(catalog, datasets, storeIdentity, { hasCuts, eventsPartition });
    const work = await openWorkFolder(options.workFolder);
    const windows = await Windows.open(join(work.path, 'duckdb'));
    const writer = new CutWriter({ catalog, layout, workFolder: work.path, storeIdentity });
    return new Exporter(options, windows, writer, work);
  }

  /**
   * Exports what the log has, then what is new, until `signal` aborts. The log is read in one go every
   * `ageMs`. Reading event by event would take processor time from those who append. Each time, tables that
   * were rolled back meanwhile are completed first.
   *
   * Before the store is configured, it waits: most datasets would refuse what is there, such as a product
   * that is listed before the first order, and an operator would have to redrive it.
   */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const last = await this.bringUp(signal);
        if (await this.readSettings()) await this.exportNew(last, signal);
        await delay(this.limits.ageMs, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /**
   * Exports what the log has at the time of the call.
   * @throws the reason of `signal`; the next call exports the rest
   */
  async catchUp(signal: AbortSignal): Promise<void> {
    await this.exportNew(await this.bringUp(signal), signal);
    await this.tidying.ended();
  }

  /**
   * Tries events again that a dataset has refused, each once, and exports those that fit now. Other exporters
   * may be at work.
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

  /**
   * Ends the exporter's part of the log behind the last cut: Spark writes the tables from there on. May be
   * called again.
   * @returns the cut that says so
   */
  async handOver(signal: AbortSignal): Promise<Cut> {
    const { cuts } = this;
    const { catalog } = this.options;
    let cut = await cuts.latest();
    if (!cut || !isHandedOver(cut)) {
      const last = await this.bringUp(signal);
      signal.throwIfAborted();
      cut = await this.decide(handoverAfter(last));
    }
    for (const { name } of datasets) await tellHandedOver(catalog, name, cut);
    await cuts.finished(cut.number);
    return cut;
  }

  async close(): Promise<void> {
    await this.tidying.stop();
    this.windows.close();
    await this.work.remove();
  }

  /** Exports the events behind a cut. */
  private async exportNew(after: Cut | undefined, signal: AbortSignal): Promise<void> {
    const until = (await this.options.store.head())?.position ?? '';
    let last = after;
    let finishing = Promise.resolve();
    try {
      for await (const part of this.parts(eventDatasets, last?.through ?? '', until, signal)) {
        await finishing;
        last = await this.decide(rangeAfter(last, part));
        // The next part is read into the other window meanwhile.
        finishing = this.finish(last, part, signal);
        finishing.catch(() => {});
      }
    } finally {
      await finishing;
    }
  }

  /**
   * Reads the log behind a position part by part, into one window after the other. A part is there until the
   * one after the next is asked for.
   * @param until the last position
   */
  private async *parts(
    forDatasets: readonly Dataset[],
    after: Position,
    until: Position,
    signal: AbortSignal,
  ): AsyncGenerator<Part> {
    const { store } = this.options;
    const most = { mostEvents: this.limits.events, mostBytes: this.limits.bytes };
    let from = after;
    while (from < until) {
      const window = this.windows.next();
      const filled = await window.fill(store.readColumns(from || null, { ...most, until, signal }));
      if (filled.events === 0 || signal.aborted) return;
      const settings = await this.readSettings();
      const refused = await window.prepare(forDatasets, { settings }, signal);
      await window.setBad(refused);
      yield { ...filled, window, refused };
      from = filled.through;
    }
  }

  /**
   * Brings every table up to the last cut that any exporter has decided, and new datasets up to the others.
   * @returns the last cut; undefined before the first
   */
  private async bringUp(signal: AbortSignal): Promise<Cut | undefined> {
    const { store, catalog } = this.options;
    const { cuts, writer } = this;
    const latest = await cuts.latest();
    const checkpoint = { storeIdentity: await store.identity(), position: latest?.through ?? '' };
    await new StoreFeed(store).check(checkpoint);
    if (isHandedOver(latest)) throw new HandedOverError(catalog.store.root);
    if (!latest) return undefined;
    const isFinished = (await cuts.progress()) === latest.number;
    const again = new CutsAgain(store, this.windows.next(), isFinished ? undefined : latest);
    const settings = await this.readSettings();
    const resuming = { catalog, cuts, again, writer, settings, latest, isFinished };
    for (const dataset of datasets) {
      const exported = await resumeTable(resuming, dataset, signal);
      if (exported) this.options.onExportedAgain?.(exported);
    }
    if (signal.aborted) return latest;
    if (!isFinished) await cuts.finished(latest.number);
    return this.backfill(latest, signal);
  }

  /**
   * Exports, for each dataset that is new in the lake, the events that the other datasets have already.
   * @returns the last cut that was decided
   */
  private async backfill(latest: Cut, signal: AbortSignal): Promise<Cut> {
    let last = latest;
    for (const dataset of eventDatasets) {
      let covered = await this.cuts.coveredThrough(dataset.name, last);
      if (covered === last.through) continue;
      for await (const part of this.parts([dataset], covered, last.through, signal)) {
        const cut = await this.decide(backfillAfter(last, dataset, covered, part));
        await this.finish(cut, part, signal);
        covered = cut.until;
        last = cut;
      }
    }
    return last;
  }

  /**
   * Exports one cut of events that fit a dataset now.
   * @param tried position of the last event that was tried; '' before the first
   * @returns position of the last event that has been tried by then; undefined when there was none left
   * @throws OvertakenError when another exporter was first; then nothing of this cut counts as tried
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
    const settings = await this.readSettings();
    const window = this.windows.next();
    const { cut, refused, through } = await planRedrive(
      { store, window, settings, limits: this.limits, last },
      dataset,
      bad,
      signal,
    );
    if (cut) {
      await this.decide(cut);
      result.redriven += cut.events.length;
      await this.finish(cut, { window, events: cut.events.length }, signal);
    }
    result.stillRefused += refused.length;
    result.refused.push(...refused.slice(0, REFUSED_SHOWN - result.refused.length));
    return through;
  }

  /** The settings of the store; undefined before the first command, which configures it. */
  private async readSettings(): Promise<StoreConfigured | undefined> {
    if (this.settings) return this.settings;
    const event = await readSettings(this.options.store);
    if (event) this.settings = event.data;
    return this.settings;
  }

  private decide<C extends Cut>(wanted: C): Promise<C> {
    return decideCut(this.options.catalog.store, this.cuts, wanted);
  }

  private async finish(
    cut: Cut,
    { window, events }: Pick<Part, 'window' | 'events'>,
    signal: AbortSignal,
  ): Promise<void> {
    const rows = await this.writer.write(cut, window, datasets, { signal });
    await this.windows.clear(window);
    await this.cuts.finished(cut.number);
    if (cut.number % (this.options.tidyEvery ?? TIDY_EVERY) === 0) this.tidying.begin(signal);
    this.options.onExported?.({ position: cut.through, events, rows });
  }
}
