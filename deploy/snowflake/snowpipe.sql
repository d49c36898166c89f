-- Snowpipe takes in every file of the lake as soon as it is there, without `tidemark warehouse load`.
-- Put in your bucket, prefix and storage integration. Then have the bucket notify the queue of new objects
-- that SHOW PIPES names in column notification_channel. A file may come twice, and compaction brings its rows
-- again in another file: read the views live_*, which have each row once.
-- Generated from the datasets by `npm run snowflake-sql`; edit a copy.

CREATE FILE FORMAT IF NOT EXISTS tidemark_pipes_parquet TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE;

CREATE STAGE IF NOT EXISTS tidemark_pipes URL = 's3://BUCKET/PREFIX/' STORAGE_INTEGRATION = LAKE_INTEGRATION FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE TABLE IF NOT EXISTS pipe_events (
  id VARCHAR NOT NULL COMMENT 'event id, a UUID',
  stream VARCHAR NOT NULL COMMENT 'stream of the event, such as order-42',
  revision INTEGER NOT NULL COMMENT 'number of the event within its stream, from 0',
  position VARCHAR NOT NULL COMMENT 'place in the log; compares as text',
  event_type VARCHAR NOT NULL COMMENT 'such as OrderPlaced',
  event_date DATE NOT NULL COMMENT 'day of occurred_at in UTC',
  occurred_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'business time',
  recorded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when the store wrote it',
  data VARCHAR NOT NULL COMMENT 'what happened, JSON in the newest shape of its type',
  metadata VARCHAR NOT NULL COMMENT 'schema version, correlation, causation, idempotency key, actor: JSON'
) COMMENT = 'Every event of the log, a row each.';

CREATE PIPE IF NOT EXISTS pipe_events AUTO_INGEST = TRUE AS
COPY INTO pipe_events (id, stream, revision, position, event_type, event_date, occurred_at, recorded_at, data, metadata)
FROM (
  SELECT $1:id::VARCHAR,
         $1:stream::VARCHAR,
         $1:revision::INTEGER,
         $1:position::VARCHAR,
         $1:event_type::VARCHAR,
         $1:event_date::DATE,
         CONVERT_TIMEZONE('UTC', $1:occurred_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         CONVERT_TIMEZONE('UTC', $1:recorded_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:data::VARCHAR,
         $1:metadata::VARCHAR
    FROM @tidemark_pipes/events/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_events COPY GRANTS AS
SELECT id, stream, revision, position, event_type, event_date, occurred_at, recorded_at, data, metadata
  FROM pipe_events
QUALIFY ROW_NUMBER() OVER (PARTITION BY position ORDER BY position) = 1;

CREATE TABLE IF NOT EXISTS pipe_order_lines (
  order_id VARCHAR NOT NULL COMMENT 'the order',
  line_number INTEGER NOT NULL COMMENT '1, 2, 3 ... within the order',
  customer_id VARCHAR COMMENT 'null: a guest',
  product_id VARCHAR NOT NULL COMMENT 'the product',
  product_name VARCHAR NOT NULL COMMENT 'its name on the order',
  category VARCHAR NOT NULL COMMENT 'its category on the order',
  country VARCHAR NOT NULL COMMENT 'where it was sold',
  region VARCHAR COMMENT 'part of the country',
  currency VARCHAR NOT NULL COMMENT 'ISO 4217 code of the amounts',
  unit_price NUMBER(18, 4) NOT NULL COMMENT 'price of one unit',
  quantity INTEGER NOT NULL COMMENT 'units ordered',
  gross NUMBER(18, 4) NOT NULL COMMENT 'unit price x quantity, rounded to the minor unit, before discount',
  discount NUMBER(18, 4) NOT NULL COMMENT 'taken off this line',
  net NUMBER(18, 4) NOT NULL COMMENT 'gross - discount',
  ordered_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when the order was placed',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text',
  order_date DATE NOT NULL COMMENT 'day of ordered_at in the time zone of the store',
  exchange_rate NUMBER(25, 10) COMMENT 'units of the reporting currency for one of currency',
  gross_reporting NUMBER(18, 4) COMMENT 'gross in the reporting currency; null without an exchange rate',
  discount_reporting NUMBER(18, 4) COMMENT 'gross_reporting - net_reporting; null without an exchange rate',
  net_reporting NUMBER(18, 4) COMMENT 'net in the reporting currency; null without an exchange rate'
) COMMENT = 'Every line of every order, as placed. A cancellation is a row of `orders`, a return one of `returns`.';

CREATE PIPE IF NOT EXISTS pipe_order_lines AUTO_INGEST = TRUE AS
COPY INTO pipe_order_lines (order_id, line_number, customer_id, product_id, product_name, category, country, region, currency, unit_price, quantity, gross, discount, net, ordered_at, position, order_date, exchange_rate, gross_reporting, discount_reporting, net_reporting)
FROM (
  SELECT $1:order_id::VARCHAR,
         $1:line_number::INTEGER,
         $1:customer_id::VARCHAR,
         $1:product_id::VARCHAR,
         $1:product_name::VARCHAR,
         $1:category::VARCHAR,
         $1:country::VARCHAR,
         $1:region::VARCHAR,
         $1:currency::VARCHAR,
         $1:unit_price::NUMBER(18, 4),
         $1:quantity::INTEGER,
         $1:gross::NUMBER(18, 4),
         $1:discount::NUMBER(18, 4),
         $1:net::NUMBER(18, 4),
         CONVERT_TIMEZONE('UTC', $1:ordered_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR,
         $1:order_date::DATE,
         $1:exchange_rate::NUMBER(25, 10),
         $1:gross_reporting::NUMBER(18, 4),
         $1:discount_reporting::NUMBER(18, 4),
         $1:net_reporting::NUMBER(18, 4)
    FROM @tidemark_pipes/order_lines/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_order_lines COPY GRANTS AS
SELECT order_id, line_number, customer_id, product_id, product_name, category, country, region, currency, unit_price, quantity, gross, discount, net, ordered_at, position, order_date, exchange_rate, gross_reporting, discount_reporting, net_reporting
  FROM pipe_order_lines
QUALIFY ROW_NUMBER() OVER (PARTITION BY order_id, line_number ORDER BY order_id, line_number) = 1;

CREATE TABLE IF NOT EXISTS pipe_orders (
  order_id VARCHAR NOT NULL COMMENT 'the order',
  status VARCHAR NOT NULL COMMENT 'PLACED, PAID, SHIPPED, DELIVERED or CANCELLED',
  customer_id VARCHAR COMMENT 'null: a guest',
  country VARCHAR COMMENT 'where it was sold',
  region VARCHAR COMMENT 'part of the country',
  currency VARCHAR COMMENT 'ISO 4217 code of the amounts',
  gross NUMBER(18, 4) COMMENT 'sum of the lines before discounts',
  discounts NUMBER(18, 4) COMMENT 'sum of the discounts of the lines',
  shipping NUMBER(18, 4) COMMENT 'charged for shipping; PLACED only',
  tax NUMBER(18, 4) COMMENT 'PLACED only',
  total NUMBER(18, 4) COMMENT 'gross - discounts + shipping + tax, as placed',
  changed_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when the order came to this status',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text',
  change_date DATE NOT NULL COMMENT 'day of changed_at in the time zone of the store',
  ordered_at TIMESTAMP_NTZ(6) COMMENT 'when the order was placed; PLACED and CANCELLED only',
  exchange_rate NUMBER(25, 10) COMMENT 'units of the reporting currency for one of currency',
  revision INTEGER NOT NULL COMMENT 'number of the event within the order, from 0',
  product_ids ARRAY COMMENT 'product of each line, in the order of the lines; PLACED and CANCELLED only'
) COMMENT = 'Every change of status of every order. PLACED rows have all amounts; PAID, SHIPPED and DELIVERED rows repeat none of them.';

CREATE PIPE IF NOT EXISTS pipe_orders AUTO_INGEST = TRUE AS
COPY INTO pipe_orders (order_id, status, customer_id, country, region, currency, gross, discounts, shipping, tax, total, changed_at, position, change_date, ordered_at, exchange_rate, revision, product_ids)
FROM (
  SELECT $1:order_id::VARCHAR,
         $1:status::VARCHAR,
         $1:customer_id::VARCHAR,
         $1:country::VARCHAR,
         $1:region::VARCHAR,
         $1:currency::VARCHAR,
         $1:gross::NUMBER(18, 4),
         $1:discounts::NUMBER(18, 4),
         $1:shipping::NUMBER(18, 4),
         $1:tax::NUMBER(18, 4),
         $1:total::NUMBER(18, 4),
         CONVERT_TIMEZONE('UTC', $1:changed_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR,
         $1:change_date::DATE,
         CONVERT_TIMEZONE('UTC', $1:ordered_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:exchange_rate::NUMBER(25, 10),
         $1:revision::INTEGER,
         $1:product_ids::ARRAY
    FROM @tidemark_pipes/orders/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_orders COPY GRANTS AS
SELECT order_id, status, customer_id, country, region, currency, gross, discounts, shipping, tax, total, changed_at, position, change_date, ordered_at, exchange_rate, revision, product_ids
  FROM pipe_orders
QUALIFY ROW_NUMBER() OVER (PARTITION BY position ORDER BY position) = 1;

CREATE TABLE IF NOT EXISTS pipe_returns (
  document_id VARCHAR NOT NULL COMMENT 'the credit note, or order and revision of the return: 42/3',
  order_id VARCHAR COMMENT 'the order; null for a credit note',
  line_number INTEGER NOT NULL COMMENT 'line of the order, or of the credit note',
  customer_id VARCHAR COMMENT 'null: a guest',
  product_id VARCHAR NOT NULL COMMENT 'the product',
  category VARCHAR NOT NULL COMMENT 'its category on the order or credit note',
  country VARCHAR NOT NULL COMMENT 'where it was sold',
  region VARCHAR COMMENT 'part of the country',
  currency VARCHAR NOT NULL COMMENT 'ISO 4217 code of the amounts',
  quantity INTEGER NOT NULL COMMENT 'units that came back',
  amount NUMBER(18, 4) NOT NULL COMMENT 'what was paid for them',
  returned_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when it was processed',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text',
  return_date DATE NOT NULL COMMENT 'day of returned_at in the time zone of the store',
  product_name VARCHAR NOT NULL COMMENT 'its name on the order or credit note',
  ordered_at TIMESTAMP_NTZ(6) COMMENT 'when the order was placed; null for a credit note',
  exchange_rate NUMBER(25, 10) COMMENT 'units of the reporting currency for one of currency',
  amount_reporting NUMBER(18, 4) COMMENT 'amount in the reporting currency; null without an exchange rate'
) COMMENT = 'Every line that was returned or credited. Returns of an order that was cancelled later stay here; its cancellation reverses them.';

CREATE PIPE IF NOT EXISTS pipe_returns AUTO_INGEST = TRUE AS
COPY INTO pipe_returns (document_id, order_id, line_number, customer_id, product_id, category, country, region, currency, quantity, amount, returned_at, position, return_date, product_name, ordered_at, exchange_rate, amount_reporting)
FROM (
  SELECT $1:document_id::VARCHAR,
         $1:order_id::VARCHAR,
         $1:line_number::INTEGER,
         $1:customer_id::VARCHAR,
         $1:product_id::VARCHAR,
         $1:category::VARCHAR,
         $1:country::VARCHAR,
         $1:region::VARCHAR,
         $1:currency::VARCHAR,
         $1:quantity::INTEGER,
         $1:amount::NUMBER(18, 4),
         CONVERT_TIMEZONE('UTC', $1:returned_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR,
         $1:return_date::DATE,
         $1:product_name::VARCHAR,
         CONVERT_TIMEZONE('UTC', $1:ordered_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:exchange_rate::NUMBER(25, 10),
         $1:amount_reporting::NUMBER(18, 4)
    FROM @tidemark_pipes/returns/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_returns COPY GRANTS AS
SELECT document_id, order_id, line_number, customer_id, product_id, category, country, region, currency, quantity, amount, returned_at, position, return_date, product_name, ordered_at, exchange_rate, amount_reporting
  FROM pipe_returns
QUALIFY ROW_NUMBER() OVER (PARTITION BY position, line_number ORDER BY position, line_number) = 1;

CREATE TABLE IF NOT EXISTS pipe_refunds (
  document_id VARCHAR NOT NULL COMMENT 'the credit note, or order and revision of the return: 42/3',
  order_id VARCHAR COMMENT 'the order; null for a credit note',
  customer_id VARCHAR COMMENT 'null: a guest',
  country VARCHAR NOT NULL COMMENT 'where it was sold',
  region VARCHAR COMMENT 'part of the country',
  currency VARCHAR NOT NULL COMMENT 'ISO 4217 code of the amounts',
  shipping NUMBER(18, 4) NOT NULL COMMENT 'given back of what was charged for shipping',
  tax NUMBER(18, 4) NOT NULL COMMENT 'given back of what was charged as tax',
  refunded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when it was processed',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text',
  refund_date DATE NOT NULL COMMENT 'day of refunded_at in the time zone of the store',
  ordered_at TIMESTAMP_NTZ(6) COMMENT 'when the order was placed; null for a credit note',
  exchange_rate NUMBER(25, 10) COMMENT 'units of the reporting currency for one of currency'
) COMMENT = 'Shipping and tax that returns and credit notes gave back. What came back of the goods is in `returns`.';

CREATE PIPE IF NOT EXISTS pipe_refunds AUTO_INGEST = TRUE AS
COPY INTO pipe_refunds (document_id, order_id, customer_id, country, region, currency, shipping, tax, refunded_at, position, refund_date, ordered_at, exchange_rate)
FROM (
  SELECT $1:document_id::VARCHAR,
         $1:order_id::VARCHAR,
         $1:customer_id::VARCHAR,
         $1:country::VARCHAR,
         $1:region::VARCHAR,
         $1:currency::VARCHAR,
         $1:shipping::NUMBER(18, 4),
         $1:tax::NUMBER(18, 4),
         CONVERT_TIMEZONE('UTC', $1:refunded_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR,
         $1:refund_date::DATE,
         CONVERT_TIMEZONE('UTC', $1:ordered_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:exchange_rate::NUMBER(25, 10)
    FROM @tidemark_pipes/refunds/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_refunds COPY GRANTS AS
SELECT document_id, order_id, customer_id, country, region, currency, shipping, tax, refunded_at, position, refund_date, ordered_at, exchange_rate
  FROM pipe_refunds
QUALIFY ROW_NUMBER() OVER (PARTITION BY position ORDER BY position) = 1;

CREATE TABLE IF NOT EXISTS pipe_customers (
  customer_id VARCHAR NOT NULL COMMENT 'the customer',
  revision INTEGER NOT NULL COMMENT 'place of the change in the customer''s stream, from 0: the registration; what changed nothing has a place, too',
  name VARCHAR COMMENT 'new name',
  email VARCHAR COMMENT 'new e-mail address; null may be what it was set to',
  country VARCHAR COMMENT 'new country; null may be what it was set to',
  region VARCHAR COMMENT 'new region; null may be what it was set to',
  changed_fields ARRAY NOT NULL COMMENT 'which of name, email, country, region this row sets',
  changed_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when it changed',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text',
  change_date DATE NOT NULL COMMENT 'day of changed_at in the time zone of the store'
) COMMENT = 'Every registration and change of a customer. Only the columns that changed_fields names were set by a row.';

CREATE PIPE IF NOT EXISTS pipe_customers AUTO_INGEST = TRUE AS
COPY INTO pipe_customers (customer_id, revision, name, email, country, region, changed_fields, changed_at, position, change_date)
FROM (
  SELECT $1:customer_id::VARCHAR,
         $1:revision::INTEGER,
         $1:name::VARCHAR,
         $1:email::VARCHAR,
         $1:country::VARCHAR,
         $1:region::VARCHAR,
         $1:changed_fields::ARRAY,
         CONVERT_TIMEZONE('UTC', $1:changed_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR,
         $1:change_date::DATE
    FROM @tidemark_pipes/customers/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_customers COPY GRANTS AS
SELECT customer_id, revision, name, email, country, region, changed_fields, changed_at, position, change_date
  FROM pipe_customers
QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id, revision ORDER BY customer_id, revision) = 1;

CREATE TABLE IF NOT EXISTS pipe_products (
  product_id VARCHAR NOT NULL COMMENT 'the product',
  revision INTEGER NOT NULL COMMENT 'place of the change in the product''s stream, from 0: the listing; what changed nothing has a place, too',
  change VARCHAR NOT NULL COMMENT 'LISTED, PRICE or CATEGORY',
  name VARCHAR COMMENT 'LISTED only',
  category VARCHAR COMMENT 'new category',
  previous_category VARCHAR COMMENT 'CATEGORY only',
  price NUMBER(18, 4) COMMENT 'new price of one unit',
  previous_price NUMBER(18, 4) COMMENT 'PRICE only',
  currency VARCHAR COMMENT 'ISO 4217 code of the prices',
  changed_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when it changed',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text',
  change_date DATE NOT NULL COMMENT 'day of changed_at in the time zone of the store'
) COMMENT = 'Every listing, change of price and change of category of a product. A column that a row does not change is null.';

CREATE PIPE IF NOT EXISTS pipe_products AUTO_INGEST = TRUE AS
COPY INTO pipe_products (product_id, revision, change, name, category, previous_category, price, previous_price, currency, changed_at, position, change_date)
FROM (
  SELECT $1:product_id::VARCHAR,
         $1:revision::INTEGER,
         $1:change::VARCHAR,
         $1:name::VARCHAR,
         $1:category::VARCHAR,
         $1:previous_category::VARCHAR,
         $1:price::NUMBER(18, 4),
         $1:previous_price::NUMBER(18, 4),
         $1:currency::VARCHAR,
         CONVERT_TIMEZONE('UTC', $1:changed_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR,
         $1:change_date::DATE
    FROM @tidemark_pipes/products/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_products COPY GRANTS AS
SELECT product_id, revision, change, name, category, previous_category, price, previous_price, currency, changed_at, position, change_date
  FROM pipe_products
QUALIFY ROW_NUMBER() OVER (PARTITION BY product_id, revision ORDER BY product_id, revision) = 1;

CREATE TABLE IF NOT EXISTS pipe_settings (
  reporting_currency VARCHAR NOT NULL COMMENT 'ISO 4217 code of the *_reporting amounts',
  reporting_digits INTEGER NOT NULL COMMENT 'decimals of the smallest unit of the reporting currency',
  time_zone VARCHAR NOT NULL COMMENT 'IANA name of the zone of every business day',
  configured_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when the store was configured',
  position VARCHAR NOT NULL COMMENT 'place in the log of the event; compares as text'
) COMMENT = 'The settings of the store, a single row.';

CREATE PIPE IF NOT EXISTS pipe_settings AUTO_INGEST = TRUE AS
COPY INTO pipe_settings (reporting_currency, reporting_digits, time_zone, configured_at, position)
FROM (
  SELECT $1:reporting_currency::VARCHAR,
         $1:reporting_digits::INTEGER,
         $1:time_zone::VARCHAR,
         CONVERT_TIMEZONE('UTC', $1:configured_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:position::VARCHAR
    FROM @tidemark_pipes/settings/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_settings COPY GRANTS AS
SELECT reporting_currency, reporting_digits, time_zone, configured_at, position
  FROM pipe_settings
QUALIFY ROW_NUMBER() OVER (PARTITION BY position ORDER BY position) = 1;

CREATE TABLE IF NOT EXISTS pipe_bad_rows (
  dataset VARCHAR NOT NULL COMMENT 'the dataset that has no row of this event',
  outcome VARCHAR NOT NULL COMMENT 'REFUSED, or REDRIVEN: the dataset has its rows now',
  reason VARCHAR NOT NULL COMMENT 'what was wrong; of a REDRIVEN row, empty',
  event_type VARCHAR NOT NULL COMMENT 'such as OrderPlaced',
  stream VARCHAR NOT NULL COMMENT 'stream of the event',
  revision INTEGER NOT NULL COMMENT 'number of the event within its stream, from 0',
  position VARCHAR NOT NULL COMMENT 'place in the log; compares as text',
  payload VARCHAR NOT NULL COMMENT 'data of the event, JSON',
  recorded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'when the store wrote the event',
  recorded_date DATE NOT NULL COMMENT 'its day in UTC'
) COMMENT = 'Events that did not fit a dataset, with the reason, and what became of them.';

CREATE PIPE IF NOT EXISTS pipe_bad_rows AUTO_INGEST = TRUE AS
COPY INTO pipe_bad_rows (dataset, outcome, reason, event_type, stream, revision, position, payload, recorded_at, recorded_date)
FROM (
  SELECT $1:dataset::VARCHAR,
         $1:outcome::VARCHAR,
         $1:reason::VARCHAR,
         $1:event_type::VARCHAR,
         $1:stream::VARCHAR,
         $1:revision::INTEGER,
         $1:position::VARCHAR,
         $1:payload::VARCHAR,
         CONVERT_TIMEZONE('UTC', $1:recorded_at::TIMESTAMP_TZ)::TIMESTAMP_NTZ(6),
         $1:recorded_date::DATE
    FROM @tidemark_pipes/bad_rows/data/
)
FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE OR REPLACE VIEW live_bad_rows COPY GRANTS AS
SELECT dataset, outcome, reason, event_type, stream, revision, position, payload, recorded_at, recorded_date
  FROM pipe_bad_rows
QUALIFY ROW_NUMBER() OVER (PARTITION BY dataset, position, outcome ORDER BY dataset, position, outcome) = 1;
