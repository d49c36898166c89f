import type { Column } from '../../lake/columns/table-definition';
import { datasets } from '../../lake/datasets/catalogue';
import type { Dataset } from '../../lake/datasets/dataset';
import { stagingTable } from '../model/staging';
import { createTable } from '../sql/ddl';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import { formatted, PARQUET } from './stage';

/** Scripts for other ways than `tidemark warehouse load`, by their names in deploy/snowflake. */
export const deployFiles: Readonly<Record<string, () => string>> = {
  'snowpipe.sql': () => script(SNOWPIPE, snowpipeStatements()),
  'iceberg-in-place.sql': () => script(ICEBERG, icebergStatements()),
};

const GENERATED = '-- Generated from the datasets by `npm run snowflake-sql`; edit a copy.';

const SNOWPIPE = `-- Snowpipe takes in every file of the lake as soon as it is there, without \`tidemark warehouse load\`.
-- Put in your bucket, prefix and storage integration. Then have the bucket notify the queue of new objects
-- that SHOW PIPES names in column notification_channel. A file may come twice, and compaction brings its rows
-- again in another file: read the views live_*, which have each row once.`;

const ICEBERG = `-- Reads the Iceberg tables of the lake where they lie, without a copy.
-- Put in your bucket, prefix and role, and the newest metadata file of each table: its version is in
-- <dataset>/metadata/version-hint.text, its snapshot in the output of \`tidemark export status --json\`.
-- After new commits: ALTER ICEBERG TABLE ... REFRESH '<metadata file>'.`;

/**
 * Not the stage of `tidemark warehouse init`: that is made anew when the lake moves, and pipes would lose it.
 */
const STAGE = 'tidemark_pipes';
const FILE_FORMAT = 'tidemark_pipes_parquet';

const script = (about: string, statements: readonly string[]): string =>
  `${about}\n${GENERATED}\n\n${statements.map((sql) => `${sql};\n`).join('\n')}`;

/** A file format, a stage, and for each dataset a table, its pipe, and a view that has each row once. */
export function snowpipeStatements(): string[] {
  return [
    `CREATE FILE FORMAT IF NOT EXISTS ${FILE_FORMAT} ${PARQUET}`,
    `CREATE STAGE IF NOT EXISTS ${STAGE} URL = 's3://BUCKET/PREFIX/' STORAGE_INTEGRATION = LAKE_INTEGRATION ${formatted(FILE_FORMAT)}`,
    ...datasets.flatMap((dataset) => [pipeTable(dataset), pipe(dataset), liveView(dataset)]),
  ];
}

const pipeTable = (dataset: Dataset): string =>
  createTable(snowflakeDialect, { ...stagingTable(dataset), name: `pipe_${dataset.name}` });

const pipe = ({
  name,
  columns,
}: Dataset): string => `CREATE PIPE IF NOT EXISTS pipe_${name} AUTO_INGEST = TRUE AS
COPY INTO pipe_${name} (${columns.map((column) => column.name).join(', ')})
FROM (
  SELECT ${columns.map(fromParquet).join(',\n         ')}
    FROM @${STAGE}/${name}/data/
)
${formatted(FILE_FORMAT)}`;

/** A pipe has no session, so the time zone is converted here. */
function fromParquet({ name, type }: Column): string {
  const sqlType = snowflakeDialect.type(type);
  return type.kind === 'timestamptz'
    ? `CONVERT_TIMEZONE('UTC', $1:${name}::TIMESTAMP_TZ)::${sqlType}`
    : `$1:${name}::${sqlType}`;
}

const liveView = ({
  name,
  columns,
  key,
}: Dataset): string => `CREATE OR REPLACE VIEW live_${name} COPY GRANTS AS
SELECT ${columns.map((column) => column.name).join(', ')}
  FROM pipe_${name}
QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key.join(', ')} ORDER BY ${key.join(', ')}) = 1`;

/** An external volume, a catalog integration, and a table for each dataset. */
export function icebergStatements(): string[] {
  return [
    `CREATE EXTERNAL VOLUME IF NOT EXISTS tidemark_volume
  STORAGE_LOCATIONS = ((NAME = 'lake' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://BUCKET/PREFIX/' STORAGE_AWS_ROLE_ARN = 'ROLE_ARN'))
  ALLOW_WRITES = FALSE`,
    `CREATE CATALOG INTEGRATION IF NOT EXISTS tidemark_catalog
  CATALOG_SOURCE = OBJECT_STORE
  TABLE_FORMAT = ICEBERG
  ENABLED = TRUE`,
    ...datasets.map(
      ({ name }) => `CREATE ICEBERG TABLE IF NOT EXISTS lake_${name}
  EXTERNAL_VOLUME = 'tidemark_volume'
  CATALOG = 'tidemark_catalog'
  METADATA_FILE_PATH = '${name}/metadata/v1.metadata.json'`,
    ),
  ];
}
