import { DuckDBInstance } from '@duckdb/node-api';
import { OvertakenError } from '../concurrency/keep-trying';
import type { StoreConfigured } from '../domain/events';
import { trackConnection } from '../duckdb/open-connections';
import type { EventStore, RecordedEvent } from '../event-store/event-store';
import type { Cut, RedriveCut } from '../lake/cuts/cut';
import { badRow, badRows } from '../lake/datasets/bad-rows.dataset';
import type { Dataset } from '../lake/datasets/dataset';
import { loadTable } from '../lake/iceberg/commit';
import type { Catalog } from '../lake/iceberg/committer';
import { localFile } from '../lake/local-files/local-file';
import { literal } from '../lake/parquet/duckdb-schema';
import { liveFiles } from '../lake/tables/live-files';
import { rolledBackTo } from '../lake/tables/stamp';
import { CutRows } from './cut-rows';
import { type CutLimits, isFull } from './gather';
import { eventAt } from './rows-of-cut';

/** Events of one cut at most. */
const EVENTS_AT_ONCE = 1_000;
const MEMORY_LIMIT = '256MB';

/** So many refused events are told of. */
export const REFUSED_SHOWN = 1_000;

export interface RedriveResult {
  /** events that have their rows now, counted once for each dataset */
  redriven: number;
  /** events that were refused again */
  stillRefused: number;
  /** the first REFUSED_SHOWN of those */
  refused: BadRow[];
}

/** An event that a dataset has refused. */
export interface BadRow {
  dataset: string;
  stream: string;
  revision: number;
  position: string;
  reason: string;
}

interface OpenBadRowsOptions {
  /** position behind which they lie; '' from the first */
  after: string;
  /** absolute; it must exist. For copies of files, and for what does not fit in memory */
  workFolder: string;
}

/**
 * The next events that a dataset has refused and has no rows of yet, in the order of the log. Empty when
 * there are no more.
 * @throws OvertakenError when the table of bad rows was rolled back: it lacks the events that were redriven
 *   since
 */
export async function openBadRows(
  catalog: Catalog,
  { name }: Dataset,
  { after, workFolder }: OpenBadRowsOptions,
): Promise<BadRow[]> {
  const { metadata } = await loadTable(catalog, badRows.name);
  if (rolledBackTo(metadata) !== undefined) throw new OvertakenError(`table ${badRows.name} was rolled back`);
  const paths: string[] = [];
  for await (const file of liveFiles(catalog, badRows.name, metadata['current-snapshot-id'])) {
    paths.push(await localFile(catalog.store, file.path, workFolder));
  }
  if (paths.length === 0) return [];
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: MEMORY_LIMIT,
    temp_directory: `${workFolder}/redrive`,
  });
  let forget = () => {};
  try {
    const connection = await instance.connect();
    forget = trackConnection(connection);
    const files = paths.map(literal).join(', ');
    const result = await connection.runAndReadAll(
      `SELECT dataset, stream, revision, position, max(reason) AS reason
         FROM read_parquet([${files}], hive_partitioning = false)
        WHERE dataset = $1 AND position > $2
        GROUP BY ALL
       HAVING NOT bool_or(outcome = 'REDRIVEN')
        ORDER BY position
        LIMIT ${EVENTS_AT_ONCE}`,
      [name, after],
    );
    return result.getRowObjectsJS() as unknown as BadRow[];
  } finally {
    forget();
    instance.closeSync();
  }
}

export interface Redriven {
  /** undefined: none of the events fits */
  cut: RedriveCut | undefined;
  rows: CutRows;
  /** events that are refused again, with the reasons of today */
  refused: BadRow[];
  /** position of the last event that was tried */
  through: string;
}

interface PlanOptions {
  store: EventStore;
  settings: StoreConfigured | undefined;
  limits: CutLimits;
  /** the last cut that was decided */
  last: Cut;
}

/**
 * Plans a cut of those events that fit their dataset now.
 * @param bad of this dataset; events that are too many for one cut are left out
 */
export async function planRedrive(
  { store, settings, limits, last }: PlanOptions,
  dataset: Dataset,
  bad: readonly BadRow[],
): Promise<Redriven> {
  const rows = new CutRows([dataset], settings);
  const events: RedriveCut['events'] = [];
  const refused: BadRow[] = [];
  let tried = '';
  for (const row of bad) {
    if (isFull(rows, limits)) break;
    const { stream, revision } = row;
    const event = await eventAt(store, stream, revision);
    const reason = refusalOf(dataset, event, settings);
    if (reason === undefined) {
      rows.add([event]);
      rows.addBad(badRow(dataset.name, event));
      events.push({ stream, revision });
    } else refused.push({ ...row, reason });
    tried = row.position;
  }
  const { number, through, throughRecordedAt } = last;
  const cut = {
    kind: 'redrive',
    dataset: dataset.name,
    events,
    number: number + 1,
    through,
    throughRecordedAt,
  } as const;
  return { cut: events.length > 0 ? cut : undefined, rows, refused, through: tried };
}

/** The reason for which a dataset refuses an event; undefined when the event fits. */
function refusalOf(
  dataset: Dataset,
  event: RecordedEvent,
  settings: StoreConfigured | undefined,
): string | undefined {
  const rows = new CutRows([dataset], settings);
  rows.add([event]);
  return rows.refused[0]?.reason;
}
