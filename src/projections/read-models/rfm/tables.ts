import type { Measure, Segment, Tier } from '../../../domain/rfm';
import {
  bool,
  int2,
  int4,
  int8,
  nullable,
  numeric,
  oneOf,
  type Table,
  text,
  timestamptz,
} from '../../../postgres/table';

/** The measures of each customer. `schema.sql` says what each column is. */
export const rfmCustomersTable = {
  name: 'rfm_customers',
  columns: {
    customer_id: text,
    last_order_at: nullable(timestamptz),
    frequency: int4,
    monetary: numeric,
    unconverted: int4,
  },
} satisfies Table;

/** Of a bulk build: customers as the batches left them that changed them. */
export const rfmCustomersChangedTable = {
  name: 'rfm_customers_changed',
  columns: { ...rfmCustomersTable.columns, position: text },
} satisfies Table;

/** The valid orders of each customer. */
export const rfmOrdersTable = {
  name: 'rfm_orders',
  columns: { customer_id: text, ordered_at: timestamptz, order_id: text },
} satisfies Table;

/** The boundaries of the scores. */
export const rfmCutsTable = {
  name: 'rfm_cuts',
  columns: { measure: oneOf<Measure>(), bucket: int2, key: numeric, customer_id: text },
} satisfies Table;

/** A single row: how many customers have a score, and the currency of their money. */
export const rfmTotalsTable = {
  name: 'rfm_totals',
  columns: { one: bool, population: int8, reporting_currency: text },
} satisfies Table;

/** Customers who moved to another segment or tier. */
export const rfmMovesTable = {
  name: 'rfm_moves',
  columns: {
    position: text,
    customer_id: text,
    from_segment: nullable(oneOf<Segment>()),
    to_segment: nullable(oneOf<Segment>()),
    from_tier: nullable(oneOf<Tier>()),
    to_tier: nullable(oneOf<Tier>()),
    cause: text,
    document_id: text,
    occurred_at: timestamptz,
  },
} satisfies Table;
