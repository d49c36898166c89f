import type { RecordedEvent } from '../../../event-store/event';
import { int4Array, int8Array, numericArray, textArray, timestamptzArray } from '../../../postgres/columns';
import type { ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { BUCKETS_TOGETHER, CurrencyPopulation, type Sums } from './currency-population';

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
INSERT INTO anomaly_population (currency, population, sum, sum_squares)
SELECT * FROM unnest($1::text[], $2::int8[], $3::numeric[], $4::numeric[])
ON CONFLICT (currency) DO UPDATE
   SET population = excluded.population, sum = excluded.sum, sum_squares = excluded.sum_squares`;

// $3 has the counts of all rows, one after the other.
const UPSERT_BUCKETS = `
INSERT INTO anomaly_buckets (currency, first_bucket, orders)
SELECT currency, first_bucket, ($3::int4[])[(i - 1) * ${BUCKETS_TOGETHER} + 1 : i * ${BUCKETS_TOGETHER}]
  FROM unnest($1::text[], $2::int4[]) WITH ORDINALITY AS g(currency, first_bucket, i)
ON CONFLICT (currency, first_bucket) DO UPDATE SET orders = excluded.orders`;

const INSERT_ORDERS = `
INSERT INTO anomaly_orders (order_id, currency, amount, log_bucket, position, placed_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::int8[], $4::int4[], $5::text[], $6::timestamptz[])`;

const DELETE_ORDERS = `
DELETE FROM anomaly_orders WHERE order_id = ANY($1::text[]) RETURNING order_id`;

// Millionths become a numeric of scale 6.
const INSERT_ARRIVALS = `
INSERT INTO anomaly_arrivals (position, order_id, currency, amount, population, sum, sum_squares, z_score, placed_at)
SELECT position, order_id, currency, amount, population, sum, sum_squares, score * 0.000001, placed_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::numeric[], $7::numeric[], $8::numeric[],
              $9::timestamptz[])
       AS a(position, order_id, currency, amount, population, sum, sum_squares, score, placed_at)`;

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
  const values = [
    textArray(populations.map(([currency]) => currency)),
    int8Array(populations.map(([, { n }]) => n)),
    numericArray(populations.map(([, { sum }]) => sum)),
    numericArray(populations.map(([, { sumSquares }]) => sumSquares)),
  ];
  await client.query({ name: 'anomaly-populations-upsert', text: UPSERT_POPULATIONS, values });
}

/** Writes how many orders the buckets of these groups have now. */
export async function writeBuckets(
  client: ProjectionClient,
  groups: readonly { currency: string; first: number; orders: readonly number[] }[],
): Promise<void> {
  const values = [
    textArray(groups.map(({ currency }) => currency)),
    int4Array(groups.map(({ first }) => first)),
    int4Array(groups.flatMap(({ orders }) => orders)),
  ];
  await client.query({ name: 'anomaly-buckets-upsert', text: UPSERT_BUCKETS, values });
}

/** Writes in the order of ids: neighbours in the index are written together. */
export async function insertOrders(client: ProjectionClient, orders: ValidOrder[]): Promise<void> {
  orders.sort((a, b) => (a.placed.data.orderId < b.placed.data.orderId ? -1 : 1));
  const data = orders.map(({ placed }) => placed.data);
  const values = [
    textArray(data.map(({ orderId }) => orderId)),
    textArray(data.map(({ currency }) => currency)),
    int8Array(data.map(({ total }) => total)),
    int4Array(orders.map(({ bucket }) => bucket)),
    textArray(orders.map(({ placed }) => placed.position)),
    timestamptzArray(orders.map(({ placed }) => placed.occurredAt)),
  ];
  await client.query({ name: 'anomaly-orders-insert', text: INSERT_ORDERS, values });
}

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

export async function insertArrivals(client: ProjectionClient, arrivals: readonly Arrival[]): Promise<void> {
  const placed = arrivals.map((arrival) => arrival.placed);
  const values = [
    textArray(placed.map(({ position }) => position)),
    textArray(placed.map(({ data }) => data.orderId)),
    textArray(placed.map(({ data }) => data.currency)),
    int8Array(placed.map(({ data }) => data.total)),
    int8Array(arrivals.map(({ before }) => before.n)),
    numericArray(arrivals.map(({ before }) => before.sum)),
    numericArray(arrivals.map(({ before }) => before.sumSquares)),
    numericArray(arrivals.map(({ score }) => score)),
    timestamptzArray(placed.map(({ occurredAt }) => occurredAt)),
  ];
  await client.query({ name: 'anomaly-arrivals-insert', text: INSERT_ARRIVALS, values });
}
