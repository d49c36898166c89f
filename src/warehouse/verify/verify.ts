import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { Dataset } from '../../export/dataset';
import { badRows } from '../../export/datasets/bad-rows.dataset';
import { datasets } from '../../export/datasets/catalogue';
import { findFirstPositions } from './first-positions';
import { rowsOfLog } from './log-tallies';
import type { TallySource } from './sources';
import { addRow, dayOf, sameTally, summedColumns, type Tallies, type Tally } from './tally';

/** Rows and money of one day, in each of the three. Null: no row. `store` is undefined for what is not made of events. */
export interface Difference {
  dataset: string;
  /** `YYYY-MM-DD`; empty for a dataset without days */
  day: string;
  store: Tally | null | undefined;
  lake: Tally | null;
  warehouse: Tally | null;
  /** of the day, the first position at which they differ; null when they no longer did on the second look */
  firstPosition: Position | null;
}

export interface DatasetCounts {
  dataset: string;
  days: number;
  /** undefined for what is not made of events */
  store: number | undefined;
  lake: number;
  warehouse: number;
}

export interface VerifyResult {
  equal: boolean;
  /** everything was compared up to here */
  through: Position;
  datasets: DatasetCounts[];
  /** by dataset, then day */
  differences: Difference[];
}

export interface VerifyOptions {
  store: Pick<EventStore, 'readAll'>;
  lake: TallySource;
  warehouse: TallySource;
  /** every dataset is committed and loaded up to here; what lies behind is not looked at */
  through: Position;
  onProgress?: (progress: { step: 'log' | 'compare' | 'locate'; name: string }) => void;
  signal?: AbortSignal;
}

/** Holds rows and money of every dataset and day against each other, and finds where a day that differs begins to. */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const { lake, warehouse, through, onProgress = () => {}, signal } = options;
  const log = await tallyLog(options);
  const result: VerifyResult = { equal: true, through, datasets: [], differences: [] };
  for (const dataset of datasets) {
    onProgress({ step: 'compare', name: dataset.name });
    signal?.throwIfAborted();
    const range = { after: '', through };
    const sides = {
      store: dataset === badRows ? undefined : (log.get(dataset) ?? new Map()),
      lake: await lake.tally(dataset, range, 'day'),
      warehouse: await warehouse.tally(dataset, range, 'day'),
    };
    result.datasets.push(counts(dataset, sides));
    result.differences.push(...differencesOf(dataset, sides));
  }
  result.equal = result.differences.length === 0;
  if (!result.equal) await findFirstPositions(options, result.differences);
  return result;
}

interface Sides {
  store: Tallies | undefined;
  lake: Tallies;
  warehouse: Tallies;
}

async function tallyLog({
  store,
  through,
  onProgress,
  signal,
}: VerifyOptions): Promise<Map<Dataset, Tallies>> {
  const log = new Map<Dataset, Tallies>();
  const summed = new Map(datasets.map((dataset) => [dataset, summedColumns(dataset)]));
  for await (const batch of rowsOfLog(store, through, signal)) {
    for (const { dataset, row } of batch.rows) {
      const tallies = log.get(dataset) ?? new Map();
      log.set(dataset, tallies);
      addRow(tallies, dayOf(dataset, row), summed.get(dataset) ?? [], row);
    }
    onProgress?.({ step: 'log', name: batch.through });
  }
  return log;
}

function differencesOf({ name }: Dataset, { store, lake, warehouse }: Sides): Difference[] {
  const days = [...new Set([...(store?.keys() ?? []), ...lake.keys(), ...warehouse.keys()])].sort();
  return days
    .filter((day) => {
      const agreed = store === undefined || sameTally(store.get(day), lake.get(day));
      return !agreed || !sameTally(lake.get(day), warehouse.get(day));
    })
    .map((day) => ({
      dataset: name,
      day,
      store: store === undefined ? undefined : (store.get(day) ?? null),
      lake: lake.get(day) ?? null,
      warehouse: warehouse.get(day) ?? null,
      firstPosition: null,
    }));
}

function counts({ name }: Dataset, { store, lake, warehouse }: Sides): DatasetCounts {
  const rows = (tallies: Tallies) => [...tallies.values()].reduce((sum, tally) => sum + tally.rows, 0);
  return {
    dataset: name,
    days: lake.size,
    store: store && rows(store),
    lake: rows(lake),
    warehouse: rows(warehouse),
  };
}
