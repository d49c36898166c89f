import { flag, nullable, text, timestamp } from './columns';
import { type Dialect, instant } from './dialect';
import type { AffectedIds, DerivedTable } from './table';
import { BY_TIME, FIRST_INSTANT, LAST_INSTANT, NEWEST_FIRST, validity, versions } from './versions';

/** The `customer_key` of guests. A customer's key has a `#`, so no customer has this one. */
export const GUEST = 'guest';

const affectedCustomers: AffectedIds = {
  name: 'changed_customers',
  column: 'customer_id',
  datasets: ['customers', 'order_lines', 'returns'],
  sql: ({ scratch }) => `
SELECT customer_id FROM ${scratch('load_customers')}
 UNION
SELECT customer_id FROM ${scratch('load_order_lines')} WHERE customer_id IS NOT NULL
 UNION
SELECT customer_id FROM ${scratch('load_returns')} WHERE customer_id IS NOT NULL`,
};

/**
 * Customers, known by a registration, an order or a credit note. A change of country or region makes a new
 * version. Orders make none, so that keys do not depend on them; where a customer never told a place, the
 * first sale gives it.
 */
export const dimCustomer: DerivedTable = {
  name: 'dim_customer',
  doc: 'Customers: name and e-mail as they are today (type 1), a row for each country and region that they had (type 2).',
  columns: [
    text('customer_key', 'customer_id#revision of the change that began the version; guest for guests'),
    nullable(text('customer_id', 'the customer; null: guests')),
    nullable(text('name', 'as of today; null: never registered')),
    nullable(text('email', 'as of today')),
    nullable(text('country', 'in this version; where never told, that of the first sale')),
    nullable(text('region', 'part of the country')),
    timestamp('valid_from', 'inclusive; the first version begins in 1970, so that every sale has one'),
    timestamp('valid_to', 'exclusive; the year 9999 while it is true'),
    flag('is_current', 'the version of today'),
    nullable(timestamp('registered_at', 'null: only seen on orders')),
  ],
  key: ['customer_key'],
  affected: affectedCustomers,
  rows,
};

/** The one row of guests. */
export const guestRow = (dialect: Dialect): string => `
SELECT ${dialect.literal(GUEST)} AS customer_key, NULL AS customer_id, 'Guest' AS name, NULL AS email, NULL AS country,
       NULL AS region, ${instant(dialect, FIRST_INSTANT)} AS valid_from, ${instant(dialect, LAST_INSTANT)} AS valid_to,
       TRUE AS is_current, NULL AS registered_at`;

function rows(dialect: Dialect): string {
  const changed = dialect.scratch(affectedCustomers.name);
  const sets = (field: string) => `${dialect.listHas('changed_fields', field)} AS sets_${field}`;
  const run = (field: string) =>
    `SUM(CASE WHEN sets_${field} THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id ORDER BY ${BY_TIME}
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS ${field}_run`;
  const since = (field: string) =>
    `MAX(CASE WHEN sets_${field} THEN ${field} END) OVER (PARTITION BY customer_id, ${field}_run) AS ${field}`;
  const newest = (field: string) => `
  SELECT customer_id, ${field} FROM own WHERE sets_${field}
 QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY ${NEWEST_FIRST}) = 1`;
  return `
WITH own AS (
  SELECT customer_id, revision, changed_at, name, email, country, region,
         ${['name', 'email', 'country', 'region'].map(sets).join(', ')}
    FROM stg_customers WHERE customer_id IN (SELECT customer_id FROM ${changed})
), moves AS (
  SELECT customer_id, revision, changed_at, country, region, sets_country, sets_region
    FROM own WHERE revision > 0 AND (sets_country OR sets_region)
   UNION ALL
  SELECT c.customer_id, 0, ${instant(dialect, FIRST_INSTANT)}, o.country, o.region, TRUE, TRUE
    FROM ${changed} c LEFT JOIN own o ON o.customer_id = c.customer_id AND o.revision = 0
), runs AS (
  SELECT moves.*, changed_at AS valid_from, ${run('country')}, ${run('region')} FROM moves
), states AS (
  SELECT customer_id, revision, valid_from, ${since('country')}, ${since('region')} FROM runs
), ${versions('customer_id', ['country', 'region'])}, names AS (${newest('name')}
), emails AS (${newest('email')}
), seen AS (
  SELECT customer_id, country, region
    FROM (SELECT customer_id, country, region, position FROM stg_order_lines
           UNION ALL
          SELECT customer_id, country, region, position FROM stg_returns) sales
   WHERE customer_id IN (SELECT customer_id FROM ${changed})
 QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY position) = 1
)
SELECT v.customer_id || '#' || CAST(v.revision AS VARCHAR) AS customer_key, v.customer_id, n.name, e.email,
       COALESCE(v.country, s.country) AS country,
       CASE WHEN v.country IS NULL THEN COALESCE(v.region, s.region) ELSE v.region END AS region,
       v.valid_from, ${validity(dialect, 'customer_id')}, r.changed_at AS registered_at
  FROM versions v
  LEFT JOIN names n ON n.customer_id = v.customer_id
  LEFT JOIN emails e ON e.customer_id = v.customer_id
  LEFT JOIN seen s ON s.customer_id = v.customer_id
  LEFT JOIN own r ON r.customer_id = v.customer_id AND r.revision = 0`;
}
