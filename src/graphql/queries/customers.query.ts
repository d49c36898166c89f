import { type Segment, scoresOf, TIERS, type Tier } from '../../domain/rfm';
import type { Row } from '../../postgres/table';
import type { customersTable } from '../../projections/read-models/customers/tables';
import type { Customer, CustomerConnection } from '../types/customer.type';
import { connectionFrom, type Page } from './cursor';
import { SCORED_CUSTOMERS } from './rfm-scores';
import { AS_OF, type AsOfRow, asOf, type Reader, readRows } from './snapshot';

type CustomerRow = AsOfRow &
  Pick<
    Row<typeof customersTable.columns>,
    'customer_id' | 'name' | 'email' | 'country' | 'region' | 'registered_at' | 'revision'
  >;

/**
 * The region of a sale goes with the country of that sale, never with a country that the customer registered.
 */
const COLUMNS = `c.name, c.email, c.registered_at, c.revision, coalesce(c.country, c.seen_country) AS country,
  CASE WHEN c.country IS NULL THEN coalesce(c.region, c.seen_region) ELSE c.region END AS region`;

/** Customers by id, in no order; what does not exist is left out. */
export async function readCustomers(reader: Reader, ids: readonly string[]): Promise<Customer[]> {
  const rows = await readRows<CustomerRow>(
    reader,
    `SELECT ${AS_OF}, c.customer_id, ${COLUMNS}
       FROM read.projections p JOIN read.customers c ON c.customer_id = ANY($1)
      WHERE p.projection = 'customers'`,
    [ids],
  );
  return rows.map(customerView);
}

/** A page of customers by id; with a segment or a tier, of those with a valid order who are in it. */
export async function readCustomerPage(
  reader: Reader,
  { segment, tier }: { segment?: Segment | null; tier?: Tier | null },
  page: Page,
): Promise<CustomerConnection> {
  const rows =
    segment == null && tier == null
      ? await readAllCustomers(reader, page)
      : await readScoredCustomers(reader, segment ?? null, tier ?? null, page);
  const customers = rows.filter((row) => row.customer_id !== null).map(customerView);
  return connectionFrom(customers, page, (customer) => customer.id, asOf(rows[0]));
}

function readAllCustomers(reader: Reader, { first, after }: Page): Promise<CustomerRow[]> {
  return readRows(
    reader,
    `SELECT ${AS_OF}, c.*
       FROM read.projections p
       LEFT JOIN LATERAL (
         SELECT c.customer_id, ${COLUMNS} FROM read.customers c
          WHERE $2::text IS NULL OR c.customer_id > $2
          ORDER BY c.customer_id LIMIT $1) c ON true
      WHERE p.projection = 'customers'
      ORDER BY c.customer_id`,
    [first + 1, after],
  );
}

/** Two read models in one statement: the answer is as of the one that has read less. */
function readScoredCustomers(
  reader: Reader,
  segment: Segment | null,
  tier: Tier | null,
  { first, after }: Page,
): Promise<CustomerRow[]> {
  const cells = segment && scoresOf(segment).map(({ recency, frequency }) => recency * 10 + frequency);
  const bucket = tier && TIERS.indexOf(tier) + 1;
  return readRows(
    reader,
    `SELECT ${AS_OF}, s.customer_id, ${COLUMNS}
       FROM (SELECT position, recorded_at FROM read.projections
              WHERE projection IN ('customers', 'rfm') ORDER BY position LIMIT 1) p
       LEFT JOIN LATERAL (
         SELECT s.customer_id FROM (${SCORED_CUSTOMERS}) s
          WHERE ($2::text IS NULL OR s.customer_id > $2)
            AND ($3::int[] IS NULL OR s.recency_score * 10 + s.frequency_score = ANY($3))
            AND ($4::int IS NULL OR s.tier_bucket = $4)
          ORDER BY s.customer_id LIMIT $1) s ON true
       LEFT JOIN read.customers c USING (customer_id)
      ORDER BY s.customer_id`,
    [first + 1, after, cells, bucket],
  );
}

function customerView(row: CustomerRow): Customer {
  return {
    id: row.customer_id,
    name: row.name,
    email: row.email,
    country: row.country,
    region: row.region,
    registeredAt: row.registered_at?.getTime() ?? null,
    revision: row.revision,
    asOf: asOf(row),
  };
}
