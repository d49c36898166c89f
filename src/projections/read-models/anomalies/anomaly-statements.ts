import type { RecordedEvent } from '../../../event-store/event';
import { textArray } from '../../../postgres/columns';
import { copyRows } from '../../../postgres/copy-rows';
import { insert, namesOf, omit, parametersOf, pick, setExcluded, unnest } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { BUCKETS_TOGETHER, CurrencyPopulation, type Sums } from './currency-population';
import {
  anomalyArrivalsTable,
  anomalyBucketsTable,
  anomalyCancelledTable,
  anomalyOrdersTable,
  anomalyPopulationTable,
} from './tables';

/** A valid order that a batch places. */
export interface ValidOrder {
  placed: RecordedEvent<'OrderPlaced'>;
  bucket: number;
}

/** An order that lay far from what came before it, and what that was. */
export interface Arrival {
  placed: RecordedEvent<'OrderPlaced'>;
  before: Readonly<Sums>;
  /** millionths */
  score: bigint;
}

// Statements that look rows up are not prepared by name: a plan made while the table was small would stay.

const UPSERT_POPULATIONS = `
${insert(anomalyPopulationTable)}
ON CONFLICT (currency) DO UPDATE SET ${setExcluded(omit(anomalyPopulationTable.columns, 'currency'))}`;

const bucketKey = pick(anomalyBucketsTable.columns, 'currency', 'first_bucket');

// $3 has the counts of all rows, one after the other.
const UPSERT_BUCKETS = `
INSERT INTO anomaly_buckets (currency, first_bucket, orders)
SELECT currency, first_bucket, ($3::int4[])[(i - 1) * ${BUCKETS_TOGETHER} + 1 : i * ${BUCKETS_TOGETHER}]
  FROM ${unnest(bucketKey)} WITH ORDINALITY AS g(${namesOf(bucketKey)}, i)
ON CONFLICT (currency, first_bucket) DO UPDATE SET orders = excluded.orders`;

const DELETE_ORDERS = `
DELETE FROM anomaly_orders WHERE order_id = ANY($1::text[]) RETURNING order_id`;

/** Reads the population of every currency. */
export async function loadPopulations(client: ProjectionClient): Promise<Map<string, CurrencyPopulation>> {
  const groups = new Map<string, Map<number, number[]>>();
  const counts = await client.query<{ currency: string; first_bucket: number; orders: number[] }>(
    'SELECT currency, first_bucket, orders FROM anomaly_buckets',
  );
  for (const { currency, first_bucket: first, orders } of counts.rows) {
    const ofCurrency = groups.get(currency) ?? new Map<number, number[]>();
    groups.set(currency, ofCurrency.set(first, orders));
  }
  const { rows } = await client.query<{ currency: string; n: string; sum: string; sum_squares: string }>(
    'SELECT currency, population::text AS n, sum::text, sum_squares::text FROM anomaly_population',
  );
  return new Map(
    rows.map(({ currency, n, sum, sum_squares }) => {
      const sums = { n: BigInt(n), sum: BigInt(sum), sumSquares: BigInt(sum_squares) };
      return [currency, new CurrencyPopulation(sums, groups.get(currency))];
    }),
  );
}

export async function writePopulations(
  client: ProjectionClient,
  populations: readonly [currency: string, Readonly<Sums>][],
): Promise<void> {
  const values = parametersOf(anomalyPopulationTable.columns, populations, {
    currency: ([currency]) => currency,
    population: ([, { n }]) => n,
    sum: ([, { sum }]) => sum,
    sum_squares: ([, { sumSquares }]) => sumSquares,
  });
  await client.query({ name: 'anomaly-populations-upsert', text: UPSERT_POPULATIONS, values });
}

/** Writes how many orders the buckets of these groups have now. */
export async function writeBuckets(
  client: ProjectionClient,
  groups: readonly { currency: string; first: number; orders: readonly number[] }[],
): Promise<void> {
  const values = parametersOf(anomalyBucketsTable.columns, groups, {
    currency: ({ currency }) => currency,
    first_bucket: ({ first }) => first,
    orders: ({ orders }) => orders,
  });
  await client.query({ name: 'anomaly-buckets-upsert', text: UPSERT_BUCKETS, values });
}

/** Writes in the order of ids: neighbours in the index are written together. */
export async function appendOrders(client: ProjectionClient, orders: ValidOrder[]): Promise<void> {
  orders.sort((a, b) => (a.placed.data.orderId < b.placed.data.orderId ? -1 : 1));
  await copyRows(client, anomalyOrdersTable, orders, {
    order_id: ({ placed }) => placed.data.orderId,
    currency: ({ placed }) => placed.data.currency,
    amount: ({ placed }) => placed.data.total,
    log_bucket: ({ bucket }) => bucket,
    position: ({ placed }) => placed.position,
    placed_at: ({ placed }) => placed.occurredAt,
  });
}

/** In a bulk build: keeps the orders that are to be deleted at its end. */
export const appendCancelled = (
  client: ProjectionClient,
  cancelled: readonly RecordedEvent<'OrderCancelled'>[],
): Promise<void> =>
  copyRows(client, anomalyCancelledTable, cancelled, {
    order_id: ({ data }) => data.orderId,
    position: ({ position }) => position,
  });

/** @throws EventRefusedError when an order is not in the population */
export async function deleteOrders(
  client: ProjectionClient,
  cancelled: readonly RecordedEvent<'OrderCancelled'>[],
): Promise<void> {
  const { rows } = await client.query<{ order_id: string }>(DELETE_ORDERS, [
    textArray(cancelled.map(({ data }) => data.orderId)),
  ]);
  const found = new Set(rows.map((row) => row.order_id));
  const missing = cancelled.find(({ data }) => !found.has(data.orderId));
  if (missing) throw new EventRefusedError(missing, `there is no valid order ${missing.data.orderId}`);
}

export async function appendArrivals(client: ProjectionClient, arrivals: readonly Arrival[]): Promise<void> {
  await copyRows(client, anomalyArrivalsTable, arrivals, {
    position: ({ placed }) => placed.position,
    order_id: ({ placed }) => placed.data.orderId,
    currency: ({ placed }) => placed.data.currency,
    amount: ({ placed }) => placed.data.total,
    population: ({ before }) => before.n,
    sum: ({ before }) => before.sum,
    sum_squares: ({ before }) => before.sumSquares,
    z_score: ({ score }) => score,
    placed_at: ({ placed }) => placed.occurredAt,
  });
}
