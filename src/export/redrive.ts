import { OvertakenError } from '../concurrency/keep-trying';
import type { StoreConfigured } from '../domain/events';
import { DuckDb } from '../duckdb/duckdb';
import type { EventStore } from '../event-store/event-store';
import { columnsOf } from '../event-store/log-columns';
import type { Cut, RedriveCut } from '../lake/cuts/cut';
import { badRows } from '../lake/datasets/bad-rows.dataset';
import type { Dataset } from '../lake/datasets/dataset';
import { loadTable } from '../lake/iceberg/commit';
import type { Catalog } from '../lake/iceberg/committer';
import { localFile } from '../lake/local-files/local-file';
import { literal } from '../lake/parquet/duckdb-schema';
import { liveFiles } from '../lake/tables/live-files';
import { rolledBackTo } from '../lake/tables/stamp';
import { eventsAt } from './cut-again';
import type { CutLimits } from './limits';
import type { LogWindow } from './window/log-window';

/** Events of one cut at most. */
const EVENTS_AT_ONCE = 1_000;
const MEMORY_LIMIT_MB = 256;

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
  const duckdb = await DuckDb.open({
    memoryLimitMb: MEMORY_LIMIT_MB,
    temporaryFolder: `${workFolder}/redrive`,
  });
  const session = await duckdb.connect();
  try {
    const files = paths.map(literal).join(', ');
    const rows = await session.rows(
      `SELECT dataset, stream, revision, position, max(reason) AS reason
         FROM read_parquet([${files}], hive_partitioning = false)
        WHERE dataset = ${literal(name)} AND position > ${literal(after)}
        GROUP BY ALL
       HAVING NOT bool_or(outcome = 'REDRIVEN')
        ORDER BY position
        LIMIT ${EVENTS_AT_ONCE}`,
    );
    return rows as unknown as BadRow[];
  } finally {
    session.close();
    duckdb.close();
  }
}

export interface Redriven {
  /** undefined: none of the events fits */
  cut: RedriveCut | undefined;
  /** events that are refused again, with the reasons of today */
  refused: BadRow[];
  /** position of the last event that was tried */
  through: string;
}

interface PlanOptions {
  store: EventStore;
  /** gets the events, and is prepared to write those that fit */
  window: LogWindow;
  settings: StoreConfigured | undefined;
  limits: CutLimits;
  /** the last cut that was decided */
  last: Cut;
}

/**
 * Plans a cut of those events that fit their dataset now.
 * @param bad of this dataset; events that are too many for one cut are left out
 * @throws the reason of `signal`
 */
export async function planRedrive(
  { store, window, settings, limits, last }: PlanOptions,
  dataset: Dataset,
  bad: readonly BadRow[],
  signal: AbortSignal,
): Promise<Redriven> {
  const most = { mostEvents: limits.events, mostBytes: limits.bytes };
  const { events: count } = await window.fill(columnsOf(eventsAt(store, bad), most));
  const reasons = new Map(
    (await window.prepare([dataset], { settings }, signal)).map(({ position, reason }) => [position, reason]),
  );
  const tried = bad.slice(0, count);
  const fitting = tried.filter(({ position }) => !reasons.has(position));
  await window.setBad(fitting.map(({ position }) => ({ dataset: dataset.name, position })));
  const { number, through, throughRecordedAt } = last;
  const cut = {
    kind: 'redrive',
    dataset: dataset.name,
    events: fitting.map(({ stream, revision }) => ({ stream, revision })),
    number: number + 1,
    through,
    throughRecordedAt,
  } as const;
  return {
    cut: fitting.length > 0 ? cut : undefined,
    refused: tried.flatMap((row) => {
      const reason = reasons.get(row.position);
      return reason === undefined ? [] : [{ ...row, reason }];
    }),
    through: tried.at(-1)?.position ?? '',
  };
}
