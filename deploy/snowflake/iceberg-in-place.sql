-- Reads the Iceberg tables of the lake where they lie, without a copy.
-- Put in your bucket, prefix and role, and the newest metadata file of each table: its version is in
-- <dataset>/metadata/version-hint.text, its snapshot in the output of `tidemark export status --json`.
-- After new commits: ALTER ICEBERG TABLE ... REFRESH '<metadata file>'.
-- Generated from the datasets by `npm run snowflake-sql`; edit a copy.

CREATE EXTERNAL VOLUME IF NOT EXISTS tidemark_volume
  STORAGE_LOCATIONS = ((NAME = 'lake' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://BUCKET/PREFIX/' STORAGE_AWS_ROLE_ARN = 'ROLE_ARN'))
  ALLOW_WRITES = FALSE;

CREATE CATALOG INTEGRATION IF NOT EXISTS tidemark_catalog
  CATALOG_SOURCE = OBJECT_STORE
  TABLE_FORMAT = ICEBERG
  ENABLED = TRUE;

CREATE ICEBERG TABLE IF NOT EXISTS lake_events
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'events/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_order_lines
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'order_lines/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_orders
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'orders/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_returns
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'returns/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_refunds
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'refunds/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_customers
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'customers/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_products
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'products/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_settings
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'settings/metadata/v1.metadata.json';

CREATE ICEBERG TABLE IF NOT EXISTS lake_bad_rows
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = 'bad_rows/metadata/v1.metadata.json';
