import { textArray } from '../../../postgres/columns';
import { insert, omit, parametersOf, type Row, setExcluded } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';
import { customersTable } from './tables';

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

const { columns } = customersTable;
/** The customer's own half of the row. */
const ownColumns = omit(columns, 'seen_position', 'seen_country', 'seen_region');

const UPSERT = `
${insert(customersTable, ownColumns)}
ON CONFLICT (customer_id) DO UPDATE SET ${setExcluded(omit(ownColumns, 'customer_id'))}`;

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
  const { rows } = await client.query<Loaded>({
    name: 'customers-load',
    text: LOAD,
    values: [textArray([...customerIds])],
  });
  return new Map(rows.map((row) => [row.customer_id, fromRow(row)]));
}

type Loaded = { customer_id: string; revision: number; registeredAt: number } & Pick<
  Row<typeof columns>,
  DetailName
> &
  Record<`${DetailName}From`, number | null>;

function fromRow(row: Loaded): Registered {
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
  const values = parametersOf(ownColumns, sortedByKey(customers), {
    customer_id: ([customerId]) => customerId,
    revision: ([, { revision }]) => revision,
    name: ([, { name }]) => name.value,
    name_from: ([, { name }]) => name.from,
    email: ([, { email }]) => email.value,
    email_from: ([, { email }]) => email.from,
    country: ([, { country }]) => country.value,
    country_from: ([, { country }]) => country.from,
    region: ([, { region }]) => region.value,
    region_from: ([, { region }]) => region.from,
    registered_at: ([, { registeredAt }]) => registeredAt,
  });
  await client.query({ name: 'customers-save', text: UPSERT, values });
}
