import type { Position } from '../../event-store/position';
import { filledWith } from './filled-with';

/** An event that a dataset refuses, or without a reason: that it takes at last. */
export interface BadRow {
  dataset: string;
  position: Position;
  reason?: string;
}

/** Makes the table `bad` of some rows, in their order. */
export const badRowsTable = (rows: readonly BadRow[]): string =>
  'CREATE OR REPLACE TEMP TABLE bad(dataset VARCHAR, position VARCHAR, reason VARCHAR); ' +
  filledWith(
    'bad',
    rows.map(({ dataset, position, reason }) => [dataset, position, reason ?? null]),
  );

/** The rows of `bad_rows`: of each bad one, with its event. */
export const BAD_ROWS = `
  SELECT bad.dataset, CASE WHEN bad.reason IS NULL THEN 'REDRIVEN' ELSE 'REFUSED' END AS outcome,
         coalesce(bad.reason, '') AS reason, log.type AS event_type, log.stream, log.revision, log.position,
         log.data AS payload, make_timestamptz(log.recorded_at) AS recorded_at,
         make_timestamp(log.recorded_at)::DATE AS recorded_date
    FROM bad JOIN log ON log.position = bad.position
   ORDER BY bad.rowid`;
