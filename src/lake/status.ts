import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { Cut } from './cuts/cut';
import { CutLog } from './cuts/cut-log';
import { badRows } from './datasets/bad-rows.dataset';
import { datasets } from './datasets/catalogue';
import type { Dataset } from './datasets/dataset';
import type { Catalog } from './iceberg/committer';
import { currentSnapshot, type TableMetadata } from './iceberg/metadata';
import { cutOf, rolledBackTo } from './tables/stamp';

export interface DatasetStatus {
  dataset: string;
  /** position that the log is exported through; '' before the first event */
  position: Position;
  /** events of the log behind that position, of every type */
  lagEvents: number;
  /** how long the first of them has been waiting, seconds; 0 when there is none */
  lagSeconds: number;
  rows: number;
  files: number;
  /** size of its Parquet files */
  bytes: number;
  /** id of the current snapshot; null before the first row */
  snapshot: string | null;
}

/** How far each dataset is exported, and what its table holds. Changes nothing. */
export async function exportStatus(store: EventStore, catalog: Catalog): Promise<DatasetStatus[]> {
  const lags = new Map<Position, ReturnType<typeof lagBehind>>();
  const states = await tableStates(catalog);
  return Promise.all(
    states.map(async ({ dataset, metadata, position }) => {
      // Nearly always all datasets are at one position.
      const lag = lags.get(position) ?? lagBehind(store, position);
      lags.set(position, lag);
      return { position, ...(await lag), ...contentOf(dataset, metadata) };
    }),
  );
}

/**
 * Position that every table has the log through; null while some table has nothing. Some tables may have
 * later events as well.
 */
export async function exportedThrough(catalog: Catalog): Promise<Position | null> {
  const [lowest] = (await tableStates(catalog)).map(({ position }) => position).sort();
  return lowest || null;
}

interface TableState {
  dataset: Dataset;
  /** undefined: there is no table */
  metadata: TableMetadata | undefined;
  /** position that the table has the log through; '' before the first event */
  position: Position;
}

async function tableStates({ store, committer }: Catalog): Promise<TableState[]> {
  const cuts = new CutLog(store);
  const latest = await cuts.latest();
  const finished = latest !== undefined && (await cuts.progress()) === latest.number;
  return Promise.all(
    datasets.map(async (dataset) => {
      const metadata = (await committer.load(dataset.name))?.metadata;
      const cut = await lastCutOf(cuts, latest, finished, metadata);
      return { dataset, metadata, position: cut ? await exportedIn(cuts, dataset, cut) : '' };
    }),
  );
}

/** Position that a dataset is exported through with a cut. A dataset that is new lacks earlier cuts. */
async function exportedIn(cuts: CutLog, dataset: Dataset, cut: Cut): Promise<Position> {
  return dataset === badRows ? cut.through : cuts.coveredThrough(dataset.name, cut);
}

/**
 * The last cut that a table has. A table that gets no rows of a cut is not changed by it, so its own number
 * is only used while the newest cut is unfinished.
 */
async function lastCutOf(
  cuts: CutLog,
  latest: Cut | undefined,
  finished: boolean,
  metadata: TableMetadata | undefined,
): Promise<Cut | undefined> {
  if (!latest || !metadata) return undefined;
  const resumed = rolledBackTo(metadata);
  if (resumed !== undefined) return cuts.get(resumed);
  if (finished || cutOf(metadata) === latest.number) return latest;
  return cuts.get(latest.number - 1);
}

/** The number of events behind a position, and how long the first of them has been waiting. */
export async function lagBehind(
  store: Pick<EventStore, 'countAfter' | 'readAll'>,
  position: Position,
): Promise<Pick<DatasetStatus, 'lagEvents' | 'lagSeconds'>> {
  const lagEvents = await store.countAfter(position || null);
  const waitingSince = lagEvents === 0 ? undefined : await firstRecordedAfter(store, position);
  const lagSeconds = waitingSince === undefined ? 0 : Math.max(0, (Date.now() - waitingSince) / 1000);
  return { lagEvents, lagSeconds };
}

async function firstRecordedAfter(
  store: Pick<EventStore, 'readAll'>,
  position: Position,
): Promise<number | undefined> {
  for await (const { events } of store.readAll(position || null, { batchSize: 1, metadata: false })) {
    return events[0]?.recordedAt;
  }
  return undefined;
}

function contentOf({ name }: Dataset, metadata: TableMetadata | undefined) {
  const snapshot = metadata && currentSnapshot(metadata);
  const total = (what: string) => Number(snapshot?.summary[`total-${what}`] ?? 0);
  return {
    dataset: name,
    rows: total('records'),
    files: total('data-files'),
    bytes: total('files-size'),
    snapshot: snapshot ? String(snapshot['snapshot-id']) : null,
  };
}
