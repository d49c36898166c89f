import { int4Array, numericArray, textArray, timestamptzArray } from '../../../postgres/columns';
import type { ProjectionClient } from '../../projection';
import { type CustomerRow, CustomerTable } from './customer-table';
import type { Cut, Standing } from './population';

/** A move as rfm_moves has it. */
export interface Move {
  position: string;
  customerId: string;
  before: Standing | null;
  after: Standing | null;
  cause: string;
  documentId: string;
  /** Unix milliseconds */
  occurredAt: number;
}

const CUSTOMERS_PAGE = 50_000;

const LOAD_CUSTOMERS = `
SELECT customer_id, (extract(epoch FROM last_order_at) * 1000)::float8 AS last_order_at, frequency, monetary::text,
       unconverted
  FROM rfm_customers WHERE customer_id > $1 ORDER BY customer_id LIMIT ${CUSTOMERS_PAGE}`;

const UPSERT_CUSTOMERS = `
INSERT INTO rfm_customers (customer_id, last_order_at, frequency, monetary, unconverted)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::int4[], $4::numeric[], $5::int4[])
ON CONFLICT (customer_id) DO UPDATE
   SET last_order_at = excluded.last_order_at, frequency = excluded.frequency, monetary = excluded.monetary,
       unconverted = excluded.unconverted`;

const UPSERT_CUTS = `
INSERT INTO rfm_cuts AS c (measure, bucket, key, customer_id)
SELECT * FROM unnest($1::text[], $2::int4[], $3::numeric[], $4::text[])
ON CONFLICT (measure, bucket) DO UPDATE SET key = excluded.key, customer_id = excluded.customer_id
 WHERE (c.key, c.customer_id) IS DISTINCT FROM (excluded.key, excluded.customer_id)`;

const DELETE_OTHER_CUTS = `
DELETE FROM rfm_cuts c
 WHERE NOT EXISTS (SELECT FROM unnest($1::text[], $2::int4[]) AS k(measure, bucket)
                    WHERE k.measure = c.measure AND k.bucket = c.bucket)`;

const UPSERT_TOTALS = `
INSERT INTO rfm_totals (one, population, reporting_currency) VALUES (true, $1, $2)
ON CONFLICT (one) DO UPDATE SET population = excluded.population, reporting_currency = excluded.reporting_currency`;

const INSERT_MOVES = `
INSERT INTO rfm_moves (position, customer_id, from_segment, to_segment, from_tier, to_tier, cause, document_id, occurred_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::timestamptz[])`;

/** Reads every customer, in pages and in the order of ids. */
export async function loadCustomers(client: ProjectionClient): Promise<CustomerTable> {
  const customers = new CustomerTable();
  let after = '';
  for (;;) {
    const { rows } = await client.query<{
      customer_id: string;
      last_order_at: number | null;
      frequency: number;
      monetary: string;
      unconverted: number;
    }>(LOAD_CUSTOMERS, [after]);
    for (const row of rows) {
      const { customer_id: customerId, last_order_at: lastOrderAt, frequency, unconverted } = row;
      customers.put({ customerId, lastOrderAt, frequency, monetary: BigInt(row.monetary), unconverted });
      after = customerId;
    }
    if (rows.length < CUSTOMERS_PAGE) return customers;
  }
}

/** null before StoreConfigured */
export async function loadReportingCurrency(client: ProjectionClient): Promise<string | null> {
  const { rows } = await client.query<{ reporting_currency: string | null }>(
    'SELECT reporting_currency FROM rfm_totals',
  );
  return rows[0]?.reporting_currency ?? null;
}

/** @param customers best in the order of ids: neighbours in the index are then found together */
export async function writeCustomers(
  client: ProjectionClient,
  customers: readonly CustomerRow[],
): Promise<void> {
  const values = [
    textArray(customers.map((row) => row.customerId)),
    timestamptzArray(customers.map((row) => row.lastOrderAt)),
    int4Array(customers.map((row) => row.frequency)),
    numericArray(customers.map((row) => row.monetary)),
    int4Array(customers.map((row) => row.unconverted)),
  ];
  await client.query({ name: 'rfm-customers-upsert', text: UPSERT_CUSTOMERS, values });
}

/** Makes the table hold these cuts and no others; a cut that stands as it was is not written. */
export async function writeCuts(client: ProjectionClient, cuts: Cut[]): Promise<void> {
  const keys = [textArray(cuts.map((cut) => cut.measure)), int4Array(cuts.map((cut) => cut.bucket))];
  await client.query({ name: 'rfm-cuts-delete', text: DELETE_OTHER_CUTS, values: keys });
  const values = [
    ...keys,
    numericArray(cuts.map((cut) => cut.key)),
    textArray(cuts.map((cut) => cut.customerId)),
  ];
  await client.query({ name: 'rfm-cuts-upsert', text: UPSERT_CUTS, values });
}

export async function writeTotals(
  client: ProjectionClient,
  population: number,
  reportingCurrency: string | null,
): Promise<void> {
  const values = [population, reportingCurrency];
  await client.query({ name: 'rfm-totals-upsert', text: UPSERT_TOTALS, values });
}

export async function writeMoves(client: ProjectionClient, moves: Move[]): Promise<void> {
  const values = [
    textArray(moves.map((move) => move.position)),
    textArray(moves.map((move) => move.customerId)),
    textArray(moves.map((move) => move.before?.segment ?? null)),
    textArray(moves.map((move) => move.after?.segment ?? null)),
    textArray(moves.map((move) => move.before?.tier ?? null)),
    textArray(moves.map((move) => move.after?.tier ?? null)),
    textArray(moves.map((move) => move.cause)),
    textArray(moves.map((move) => move.documentId)),
    timestamptzArray(moves.map((move) => move.occurredAt)),
  ];
  await client.query({ name: 'rfm-moves-insert', text: INSERT_MOVES, values });
}
