import { DuckDBInstance } from '@duckdb/node-api';
import type { StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { EventStore } from '../../event-store/event-store';
import { readSettings } from '../../event-store/settings-stream';
import { badRows } from '../datasets/bad-rows.dataset';
import { eventDatasets } from '../datasets/catalogue';
import type { Catalog } from '../iceberg/committer';
import { liveFiles } from '../iceberg/live-files';
import { localFile } from '../local-file';
import type { RedriveCut } from './cut';
import { eventAt } from './rows-of-cut';

/** Of one cut; what is left is for the next. */
const EVENTS_AT_ONCE = 1_000;

export interface BadRow {
  dataset: string;
  stream: string;
  revision: number;
  position: string;
  reason: string;
}

/** The events that a dataset has refused and has no rows of yet, in the order of the log. */
export async function openBadRows(catalog: Catalog, workFolder: string): Promise<BadRow[]> {
  const paths: string[] = [];
  for await (const file of liveFiles(catalog, badRows.name)) {
    paths.push(await localFile(catalog.store, file.path, workFolder));
  }
  if (paths.length === 0) return [];
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    const files = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
    const result = await connection.runAndReadAll(`
      SELECT dataset, stream, revision, position, max(reason) AS reason
        FROM read_parquet([${files}], hive_partitioning = false)
       GROUP BY ALL
      HAVING NOT bool_or(outcome = 'REDRIVEN')
       ORDER BY position, dataset`);
    return result.getRowObjectsJS() as unknown as BadRow[];
  } finally {
    instance.closeSync();
  }
}

/** The next cut of events that fit their dataset now; undefined when none does. */
export async function planRedrive(
  store: EventStore,
  bad: readonly BadRow[],
  after: Pick<RedriveCut, 'number' | 'through' | 'throughRecordedAt'>,
): Promise<RedriveCut | undefined> {
  const settings = (await readSettings(store))?.data;
  for (const dataset of eventDatasets) {
    const events: RedriveCut['events'] = [];
    for (const { stream, revision } of bad.filter((row) => row.dataset === dataset.name)) {
      if (events.length === EVENTS_AT_ONCE) break;
      const event = await eventAt(store, stream, revision);
      if (fits(dataset, event, settings)) events.push({ stream, revision });
    }
    if (events.length > 0) return { kind: 'redrive', dataset: dataset.name, events, ...after };
  }
  return undefined;
}

function fits(
  dataset: (typeof eventDatasets)[number],
  event: RecordedEvent,
  settings: StoreConfigured | undefined,
): boolean {
  try {
    dataset.rows(event, settings);
    return true;
  } catch {
    return false;
  }
}
