import { int4, nullable, type Table, text, timestamptz } from '../../../postgres/table';

/** One row a customer. `schema.sql` says what each column is. */
export const customersTable = {
  name: 'customers',
  columns: {
    customer_id: text,
    revision: nullable(int4),
    name: nullable(text),
    name_from: nullable(timestamptz),
    email: nullable(text),
    email_from: nullable(timestamptz),
    country: nullable(text),
    country_from: nullable(timestamptz),
    region: nullable(text),
    region_from: nullable(timestamptz),
    registered_at: nullable(timestamptz),
    seen_position: nullable(text),
    seen_country: nullable(text),
    seen_region: nullable(text),
  },
} satisfies Table;
