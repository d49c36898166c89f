import type { Position } from '../../../event-store/position';
import { copyRows } from '../../../postgres/copy-rows';
import { insert, omit, parametersOf, pick, setExcluded, unnestAs } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { CustomerTable } from './customer-table';
import type { CustomerRow } from './measures';
import type { Standing } from './population';
import type { ScoreBoundary } from './score-boundaries';
import { rfmCustomersChangedTable, rfmCustomersTable, rfmCutsTable, rfmMovesTable } from './tables';

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

const loadFrom = (rows: string) => `
SELECT customer_id, (extract(epoch FROM last_order_at) * 1000)::float8 AS last_order_at, frequency,
       monetary::text,
       unconverted
  FROM ${rows} c WHERE customer_id > $1 ORDER BY customer_id LIMIT ${CUSTOMERS_PAGE}`;

const LOAD_CUSTOMERS = loadFrom('rfm_customers');

const LOAD_CHANGED = loadFrom(
  '(SELECT DISTINCT ON (customer_id) * FROM rfm_customers_changed ORDER BY customer_id, position DESC)',
);

const UPSERT_CUSTOMERS = `
${insert(rfmCustomersTable)}
ON CONFLICT (customer_id) DO UPDATE SET ${setExcluded(omit(rfmCustomersTable.columns, 'customer_id'))}`;

const boundaryKey = pick(rfmCutsTable.columns, 'measure', 'bucket');

const UPSERT_BOUNDARIES = `
${insert(rfmCutsTable)}
ON CONFLICT (measure, bucket) DO UPDATE SET ${setExcluded(omit(rfmCutsTable.columns, 'measure', 'bucket'))}
 WHERE (t.key, t.customer_id) IS DISTINCT FROM (excluded.key, excluded.customer_id)`;

const DELETE_OTHER_BOUNDARIES = `
DELETE FROM rfm_cuts c
 WHERE NOT EXISTS (SELECT FROM ${unnestAs('k', boundaryKey)}
                    WHERE k.measure = c.measure AND k.bucket = c.bucket)`;

const UPSERT_TOTALS = `
INSERT INTO rfm_totals (one, population, reporting_currency) VALUES (true, $1, $2)
ON CONFLICT (one) DO UPDATE SET population = excluded.population,
                                reporting_currency = excluded.reporting_currency`;

/** Reads every customer. */
export const loadCustomers = (client: ProjectionClient): Promise<CustomerTable> =>
  loadPages(client, LOAD_CUSTOMERS);

/** Reads every customer that a bulk build has so far. */
export const loadChangedCustomers = (client: ProjectionClient): Promise<CustomerTable> =>
  loadPages(client, LOAD_CHANGED);

/** Reads customers in pages and in the order of ids. */
async function loadPages(client: ProjectionClient, sql: string): Promise<CustomerTable> {
  const customers = new CustomerTable();
  let after = '';
  for (;;) {
    const { rows } = await client.query<{
      customer_id: string;
      last_order_at: number | null;
      frequency: number;
      monetary: string;
      unconverted: number;
    }>(sql, [after]);
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

/** Where each column of a customer comes from. */
const customerSources = {
  customer_id: ({ customerId }: CustomerRow) => customerId,
  last_order_at: ({ lastOrderAt }: CustomerRow) => lastOrderAt,
  frequency: ({ frequency }: CustomerRow) => frequency,
  monetary: ({ monetary }: CustomerRow) => monetary,
  unconverted: ({ unconverted }: CustomerRow) => unconverted,
};

/** @param customers best in the order of ids: neighbours in the index are then found together */
export async function writeCustomers(
  client: ProjectionClient,
  customers: readonly CustomerRow[],
): Promise<void> {
  const values = parametersOf(rfmCustomersTable.columns, customers, customerSources);
  await client.query({ name: 'rfm-customers-upsert', text: UPSERT_CUSTOMERS, values });
}

/**
 * In a bulk build: appends customers as a batch has left them.
 * @param position of the batch's last event that changed customers
 */
export const appendCustomers = (
  client: ProjectionClient,
  customers: readonly CustomerRow[],
  position: Position,
): Promise<void> =>
  copyRows(client, rfmCustomersChangedTable, customers, { ...customerSources, position: () => position });

/** Where each column of a boundary comes from. */
const boundarySources = {
  measure: ({ measure }: ScoreBoundary) => measure,
  bucket: ({ bucket }: ScoreBoundary) => bucket,
  key: ({ key }: ScoreBoundary) => key,
  customer_id: ({ customerId }: ScoreBoundary) => customerId,
};

/** Makes the table hold these boundaries and no others; one that stands as it was is not written. */
export async function writeBoundaries(client: ProjectionClient, boundaries: ScoreBoundary[]): Promise<void> {
  const keys = parametersOf(boundaryKey, boundaries, boundarySources);
  await client.query({ name: 'rfm-cuts-delete', text: DELETE_OTHER_BOUNDARIES, values: keys });
  const values = parametersOf(rfmCutsTable.columns, boundaries, boundarySources);
  await client.query({ name: 'rfm-cuts-upsert', text: UPSERT_BOUNDARIES, values });
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
  await copyRows(client, rfmMovesTable, moves, {
    position: ({ position }) => position,
    customer_id: ({ customerId }) => customerId,
    from_segment: ({ before }) => before?.segment ?? null,
    to_segment: ({ after }) => after?.segment ?? null,
    from_tier: ({ before }) => before?.tier ?? null,
    to_tier: ({ after }) => after?.tier ?? null,
    cause: ({ cause }) => cause,
    document_id: ({ documentId }) => documentId,
    occurred_at: ({ occurredAt }) => occurredAt,
  });
}
