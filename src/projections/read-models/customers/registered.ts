import { int4Array, textArray, timestamptzArray } from '../../../postgres/columns';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';

/** What a customer tells of itself. */
export const DETAILS = ['name', 'email', 'country', 'region'] as const;

type DetailName = (typeof DETAILS)[number];

export interface Detail {
  value: string | null;
  /** when it became that, Unix milliseconds; null: as registered */
  from: number | null;
}

/** The half of a customer's row that comes from the customer's own stream. */
export interface Registered extends Record<DetailName, Detail> {
  revision: number;
  /** Unix milliseconds */
  registeredAt: number;
}

const COLUMNS = ['revision', 'registered_at', ...DETAILS.flatMap((detail) => [detail, `${detail}_from`])];
const TYPES = ['int4', 'timestamptz', ...DETAILS.flatMap(() => ['text', 'timestamptz'])];

const UPSERT = `
INSERT INTO customers AS t (customer_id, ${COLUMNS.join(', ')})
SELECT * FROM unnest($1::text[], ${TYPES.map((type, index) => `$${index + 2}::${type}[]`).join(', ')})
ON CONFLICT (customer_id) DO UPDATE
   SET ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`;

const unixMs = (column: string, name: string) =>
  `(extract(epoch FROM ${column}) * 1000)::float8 AS "${name}"`;

const LOAD = `
SELECT customer_id, revision, ${unixMs('registered_at', 'registeredAt')},
       ${DETAILS.map((detail) => `${detail}, ${unixMs(`${detail}_from`, `${detail}From`)}`).join(', ')}
  FROM customers WHERE customer_id = ANY($1::text[]) AND revision IS NOT NULL`;

/** The registered ones among these customers, by id. */
export async function loadRegistered(
  client: ProjectionClient,
  customerIds: ReadonlySet<string>,
): Promise<Map<string, Registered>> {
  const { rows } = await client.query<Row>({
    name: 'customers-load',
    text: LOAD,
    values: [textArray([...customerIds])],
  });
  return new Map(rows.map((row) => [row.customer_id, fromRow(row)]));
}

type Row = { customer_id: string; revision: number; registeredAt: number } & Record<
  DetailName,
  string | null
> &
  Record<`${DetailName}From`, number | null>;

function fromRow(row: Row): Registered {
  const detail = (name: DetailName): Detail => ({ value: row[name], from: row[`${name}From`] });
  const { revision, registeredAt } = row;
  return {
    revision,
    registeredAt,
    name: detail('name'),
    email: detail('email'),
    country: detail('country'),
    region: detail('region'),
  };
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
    timestamptzArray(sorted.map(([, customer]) => customer.registeredAt)),
    ...DETAILS.flatMap((detail) => [
      textArray(sorted.map(([, customer]) => customer[detail].value)),
      timestamptzArray(sorted.map(([, customer]) => customer[detail].from)),
    ]),
  ];
  await client.query({ name: 'customers-save', text: UPSERT, values });
}
