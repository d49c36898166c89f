import { int4Array, textArray, timestamptzArray } from '../../postgres/columns';
import type { ProjectionClient } from '../projection';
import { sortedByKey } from '../sorted-by-key';

/** The half of a customer's row that comes from the customer's own stream. */
export interface Registered {
  revision: number;
  name: string;
  email: string | null;
  country: string | null;
  region: string | null;
  /** Unix milliseconds */
  registeredAt: number;
}

const UPSERT = `
INSERT INTO customers AS t (customer_id, revision, name, email, country, region, registered_at)
SELECT * FROM unnest($1::text[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
ON CONFLICT (customer_id) DO UPDATE
   SET revision = excluded.revision, name = excluded.name, email = excluded.email, country = excluded.country,
       region = excluded.region, registered_at = excluded.registered_at`;

/** The registered ones among these customers, by id. */
export async function loadRegistered(
  client: ProjectionClient,
  customerIds: ReadonlySet<string>,
): Promise<Map<string, Registered>> {
  const { rows } = await client.query<Omit<Registered, 'registeredAt'> & { customer_id: string; at: Date }>({
    name: 'customers-load',
    text: `SELECT customer_id, revision, name, email, country, region, registered_at AS at
             FROM customers WHERE customer_id = ANY($1::text[]) AND revision IS NOT NULL`,
    values: [textArray([...customerIds])],
  });
  return new Map(
    rows.map(({ customer_id, at, ...customer }) => [
      customer_id,
      { ...customer, registeredAt: at.getTime() },
    ]),
  );
}

/** Writes the own half of these customers' rows, in the order of their ids. */
export async function saveRegistered(
  client: ProjectionClient,
  customers: ReadonlyMap<string, Registered>,
): Promise<void> {
  const sorted = sortedByKey(customers);
  const values = [
    textArray(sorted.map(([customerId]) => customerId)),
    int4Array(sorted.map(([, customer]) => customer.revision)),
    textArray(sorted.map(([, customer]) => customer.name)),
    textArray(sorted.map(([, customer]) => customer.email)),
    textArray(sorted.map(([, customer]) => customer.country)),
    textArray(sorted.map(([, customer]) => customer.region)),
    timestamptzArray(sorted.map(([, customer]) => customer.registeredAt)),
  ];
  await client.query({ name: 'customers-save', text: UPSERT, values });
}
