import { zScore } from '../../domain/statistics';
import type { Position } from '../../event-store/position';
import { namesOf, omit, type Row } from '../../postgres/table';
import { anomalyArrivalsTable } from '../../projections/read-models/anomalies/tables';
import type { Anomaly, AnomalyConnection } from '../types/anomaly.type';
import { type AnomalyConditions, anomalyView, SCORE_DIGITS } from './anomaly-view';
import { connectionFrom, type Page } from './cursor';
import { AS_OF, type AsOfRow, asOf, type Reader, readRows } from './snapshot';

const arrivalColumns = omit(anomalyArrivalsTable.columns, 'z_score');

type ArrivalRow = Row<typeof arrivalColumns> & AsOfRow;

const ARRIVAL_COLUMNS = namesOf(arrivalColumns, 'a');

/** `z_score` was rounded away from zero, so this test is exact for every threshold of at most 6 decimals. */
const ARRIVED_BEYOND = 'abs(a.z_score) > $2::numeric';

/**
 * A page of anomalies on basis AT_ARRIVAL, the last order that arrived first, and how many there are on all
 * pages.
 */
export async function readArrivals(
  reader: Reader,
  { currency, threshold }: AnomalyConditions,
  page: Page,
): Promise<AnomalyConnection> {
  const rows = await readRows<(ArrivalRow | { position: null }) & AsOfRow & { total: string }>(
    reader,
    `SELECT ${AS_OF}, a.*,
            (SELECT count(*) FROM read.anomaly_arrivals a
              WHERE a.currency = $1 AND ${ARRIVED_BEYOND}) AS total
       FROM read.projections p
       LEFT JOIN LATERAL (
         SELECT ${ARRIVAL_COLUMNS} FROM read.anomaly_arrivals a
          WHERE a.currency = $1 AND ${ARRIVED_BEYOND} AND ($3::text IS NULL OR a.position < $3)
          ORDER BY a.position DESC LIMIT $4) a ON true
      WHERE p.projection = 'anomalies'
      ORDER BY a.position DESC`,
    [currency, threshold, page.after, page.first + 1],
  );
  const anomalies = rows.flatMap((row) => (row.position === null ? [] : [arrivalView(row)]));
  return {
    ...connectionFrom(anomalies, page, (anomaly) => anomaly.position, asOf(rows[0])),
    totalCount: Number(rows[0]?.total ?? 0),
  };
}

/**
 * The next anomalies on basis AT_ARRIVAL in the order of the log, over all currencies.
 * @returns at most `limit` of them, and the position up to which there are no others
 */
export async function readArrivalsAfter(
  reader: Reader,
  after: Position,
  threshold: string,
  limit: number,
): Promise<{ items: Anomaly[]; through: Position }> {
  const rows = await readRows<(ArrivalRow | { position: null }) & AsOfRow>(
    reader,
    `SELECT ${AS_OF}, a.*
       FROM read.projections p
       LEFT JOIN LATERAL (
         SELECT ${ARRIVAL_COLUMNS} FROM read.anomaly_arrivals a
          WHERE a.position > $1 AND ${ARRIVED_BEYOND} ORDER BY a.position LIMIT $3) a ON true
      WHERE p.projection = 'anomalies'
      ORDER BY a.position`,
    [after, threshold, limit],
  );
  const items = rows.flatMap((row) => (row.position === null ? [] : [arrivalView(row)]));
  const through = items.length === limit ? items.at(-1)?.position : rows[0]?.as_of_position;
  return { items, through: through ?? after };
}

function arrivalView(row: ArrivalRow): Anomaly {
  const population = { n: BigInt(row.population), sum: BigInt(row.sum), sumSquares: BigInt(row.sum_squares) };
  const { n, sum, sumSquares } = population;
  return anomalyView({
    orderId: row.order_id,
    currency: row.currency,
    amount: BigInt(row.amount),
    position: row.position,
    placedAt: row.placed_at.getTime(),
    basis: 'AT_ARRIVAL',
    population,
    score: Number(zScore(n, sum, sumSquares, BigInt(row.amount), SCORE_DIGITS)),
  });
}
