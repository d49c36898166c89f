import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { badRows } from '../../lake/datasets/bad-rows.dataset';
import { datasets, eventDatasets } from '../../lake/datasets/catalogue';
import type { Dataset } from '../../lake/datasets/dataset';
import { derivedTables } from '../model/catalogue';
import { dimDate } from '../model/date.dimension';
import type { WarehouseSession } from '../session';
import { checkDays } from './check-days';
import { checkTable, type TableCheck } from './check-table';
import type { Difference } from './difference';
import { findFirstPositions } from './first-positions';
import { LogSource } from './log-tallies';
import type { Refused } from './refused-events';
import { type TallySource, warehouseSource } from './sources';
import { type LogRange, parsePart, sameTally, type Tallies } from './tally';

export interface DatasetCounts {
  dataset: string;
  days: number;
  /** undefined for a dataset that is not made of events */
  store: number | undefined;
  lake: number;
  warehouse: number;
}

export interface VerifyResult {
  equal: boolean;
  /** events up to here were not compared; null: all were */
  after: Position | null;
  /** events up to here were compared */
  through: Position;
  datasets: DatasetCounts[];
  /**
   * events that a dataset has no row of because they do not fit it; neither lake nor warehouse can have them
   */
  refused: Refused[];
  /** sorted by dataset, day and currency */
  differences: Difference[];
  /** dimensions and facts compared with the staging tables, and dim_date with the calendar */
  tables: TableCheck[];
}

export interface VerifyProgress {
  step: 'log' | 'compare' | 'locate';
  /** what is read or compared: a position, a dataset or a table */
  name: string;
  /** how many events were read so far; one that is read twice counts twice */
  eventsRead: number;
}

export interface VerifyOptions extends LogRange {
  store: Pick<EventStore, 'readAll' | 'readStream'>;
  lake: TallySource;
  warehouse: WarehouseSession;
  onProgress?: (progress: VerifyProgress) => void;
  signal?: AbortSignal;
}

/**
 * Compares rows, money and a digest of every column, for each dataset, day and currency, and finds the first
 * position that differs. Also compares dimensions and facts, whole, with what they are derived of.
 * @param options a range up to whose end every dataset is committed and loaded
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const { store, lake, warehouse: session, after, through, onProgress = () => {}, signal } = options;
  let eventsRead = 0;
  let logStep: 'log' | 'locate' = 'log';
  const report = (step: VerifyProgress['step'], name: string) => {
    onProgress({ step, name, eventsRead });
    signal?.throwIfAborted();
  };
  const onRead = (events: number, position: Position) => {
    eventsRead = events;
    report(logStep, position);
  };
  const range = { after, through };
  const log = new LogSource(store, onRead, signal);
  const warehouse = warehouseSource(session);
  const everyDay = new Map(eventDatasets.map((dataset) => [dataset, undefined]));
  const { tallies: inLog, refused } = await log.tally([range], everyDay, 0);

  const result: VerifyResult = {
    equal: true,
    after,
    through,
    datasets: [],
    refused,
    differences: [],
    tables: [],
  };
  for (const dataset of datasets) {
    report('compare', dataset.name);
    const sides = {
      store: dataset === badRows ? undefined : inLog.get(dataset),
      lake: await lake.tally(dataset, range),
      warehouse: await warehouse.tally(dataset, range),
    };
    result.datasets.push(counts(dataset, sides));
    result.differences.push(...differencesOf(dataset, sides));
  }
  report('compare', dimDate.name);
  result.tables.push(await checkDays(session));
  for (const table of derivedTables) {
    report('compare', table.name);
    result.tables.push(await checkTable(session, table));
  }
  logStep = 'locate';
  const onLook = ({ name }: Dataset) => report('locate', name);
  await findFirstPositions({ log, lake, warehouse, range, onLook }, result.differences);
  result.equal =
    refused.length === 0 &&
    result.differences.length === 0 &&
    result.tables.every(({ missing, surplus }) => missing + surplus === 0);
  return result;
}

interface Sides {
  store: Tallies | undefined;
  lake: Tallies;
  warehouse: Tallies;
}

function differencesOf({ name }: Dataset, { store, lake, warehouse }: Sides): Difference[] {
  const parts = [...new Set([...(store?.keys() ?? []), ...lake.keys(), ...warehouse.keys()])].sort();
  return parts
    .filter((part) => {
      const agreed = store === undefined || sameTally(store.get(part), lake.get(part));
      return !agreed || !sameTally(lake.get(part), warehouse.get(part));
    })
    .map((part) => ({
      dataset: name,
      day: parsePart(part).day,
      currency: parsePart(part).currency,
      store: store === undefined ? undefined : (store.get(part) ?? null),
      lake: lake.get(part) ?? null,
      warehouse: warehouse.get(part) ?? null,
      firstPosition: null,
    }));
}

function counts({ name }: Dataset, { store, lake, warehouse }: Sides): DatasetCounts {
  const rows = (tallies: Tallies) => [...tallies.values()].reduce((sum, tally) => sum + tally.rows, 0);
  return {
    dataset: name,
    days: new Set([...lake.keys()].map((part) => parsePart(part).day)).size,
    store: store && rows(store),
    lake: rows(lake),
    warehouse: rows(warehouse),
  };
}
