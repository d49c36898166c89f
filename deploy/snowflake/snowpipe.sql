-- Snowpipe: every file of the lake is taken in as soon as it is there, without `tidemark warehouse load`.
-- Put in your bucket, prefix and storage integration; then send the bucket's notifications of new objects to the queue that
-- SHOW PIPES names (column notification_channel). A file may come twice, and compaction brings rows again in another file:
-- read the views live_*, which have each row once.
-- Generated from the datasets by `npm run snowflake-sql`; edit a copy.

CREATE FILE FORMAT IF NOT EXISTS tidemark_pipes_parquet TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE;

CREATE STAGE IF NOT EXISTS tidemark_pipes URL = 's3://BUCKET/PREFIX/' STORAGE_INTEGRATION = LAKE_INTEGRATION FILE_FORMAT = (FORMAT_NAME = 'tidemark_pipes_parquet');

CREATE TABLE IF NOT EXISTS pipe_events (
  id VARCHAR NOT NULL,
  stream VARCHAR NOT NULL,
  revision INTEGER NOT NULL,
  position VARCHAR NOT NULL,
  event_type VARCHAR NOT NULL,
  event_date DATE NOT NULL,
  occurred_at TIMESTAMP_NTZ(6) NOT NULL,
  recorded_at TIMESTAMP_NTZ(6) NOT NULL,
  data VARCHAR NOT NULL,
  metadata VARCHAR NOT NULL
);

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
  order_id VARCHAR NOT NULL,
  line_number INTEGER NOT NULL,
  customer_id VARCHAR,
  product_id VARCHAR NOT NULL,
  product_name VARCHAR NOT NULL,
  category VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  region VARCHAR,
  currency VARCHAR NOT NULL,
  unit_price NUMBER(18, 4) NOT NULL,
  quantity INTEGER NOT NULL,
  gross NUMBER(18, 4) NOT NULL,
  discount NUMBER(18, 4) NOT NULL,
  net NUMBER(18, 4) NOT NULL,
  ordered_at TIMESTAMP_NTZ(6) NOT NULL,
  position VARCHAR NOT NULL,
  order_date DATE NOT NULL,
  exchange_rate NUMBER(25, 10),
  gross_reporting NUMBER(18, 4),
  discount_reporting NUMBER(18, 4),
  net_reporting NUMBER(18, 4)
);

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
  order_id VARCHAR NOT NULL,
  status VARCHAR NOT NULL,
  customer_id VARCHAR,
  country VARCHAR,
  region VARCHAR,
  currency VARCHAR,
  gross NUMBER(18, 4),
  discounts NUMBER(18, 4),
  shipping NUMBER(18, 4),
  tax NUMBER(18, 4),
  total NUMBER(18, 4),
  changed_at TIMESTAMP_NTZ(6) NOT NULL,
  position VARCHAR NOT NULL,
  change_date DATE NOT NULL,
  ordered_at TIMESTAMP_NTZ(6),
  exchange_rate NUMBER(25, 10),
  revision INTEGER NOT NULL,
  product_ids ARRAY
);

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
  document_id VARCHAR NOT NULL,
  order_id VARCHAR,
  line_number INTEGER NOT NULL,
  customer_id VARCHAR,
  product_id VARCHAR NOT NULL,
  category VARCHAR NOT NULL,
  country VARCHAR NOT NULL,
  region VARCHAR,
  currency VARCHAR NOT NULL,
  quantity INTEGER NOT NULL,
  amount NUMBER(18, 4) NOT NULL,
  returned_at TIMESTAMP_NTZ(6) NOT NULL,
  position VARCHAR NOT NULL,
  return_date DATE NOT NULL,
  product_name VARCHAR NOT NULL,
  ordered_at TIMESTAMP_NTZ(6),
  exchange_rate NUMBER(25, 10),
  amount_reporting NUMBER(18, 4)
);

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

CREATE TABLE IF NOT EXISTS pipe_customers (
  customer_id VARCHAR NOT NULL,
  revision INTEGER NOT NULL,
  name VARCHAR,
  email VARCHAR,
  country VARCHAR,
  region VARCHAR,
  changed_fields ARRAY NOT NULL,
  changed_at TIMESTAMP_NTZ(6) NOT NULL,
  position VARCHAR NOT NULL,
  change_date DATE NOT NULL
);

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
  product_id VARCHAR NOT NULL,
  revision INTEGER NOT NULL,
  change VARCHAR NOT NULL,
  name VARCHAR,
  category VARCHAR,
  previous_category VARCHAR,
  price NUMBER(18, 4),
  previous_price NUMBER(18, 4),
  currency VARCHAR,
  changed_at TIMESTAMP_NTZ(6) NOT NULL,
  position VARCHAR NOT NULL,
  change_date DATE NOT NULL
);

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
  reporting_currency VARCHAR NOT NULL,
  reporting_digits INTEGER NOT NULL,
  time_zone VARCHAR NOT NULL,
  configured_at TIMESTAMP_NTZ(6) NOT NULL,
  position VARCHAR NOT NULL
);

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
  dataset VARCHAR NOT NULL,
  outcome VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  event_type VARCHAR NOT NULL,
  stream VARCHAR NOT NULL,
  revision INTEGER NOT NULL,
  position VARCHAR NOT NULL,
  payload VARCHAR NOT NULL,
  recorded_at TIMESTAMP_NTZ(6) NOT NULL,
  recorded_date DATE NOT NULL
);

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
