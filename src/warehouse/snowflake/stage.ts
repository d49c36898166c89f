import { WarehouseError } from '../errors';
import type { LakeFile } from '../load/lake-files';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import type { Statement } from '../sql/statement';
import type { StageAccess } from './options';

export const STAGE = 'tidemark_lake';
export const FILE_FORMAT = 'tidemark_parquet';

const { literal } = snowflakeDialect;

/** Logical types are read as such: instants in UTC, decimals, lists as arrays. */
export const CREATE_FORMAT = `CREATE OR REPLACE FILE FORMAT ${FILE_FORMAT} TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE`;

/**
 * The file format and the stage: external where the lake is in a bucket, else internal, where a load puts its files.
 * @param lakeRoot as an ObjectStore tells it: `file:///...` or `s3://bucket/prefix`
 * @throws WarehouseError when the bucket's stage has no way in
 */
export function stageStatements(lakeRoot: string, access: StageAccess | undefined): Statement[] {
  const where = lakeRoot.startsWith('file:') ? '' : externalStage(lakeRoot, access);
  return [
    { name: `file format ${FILE_FORMAT}`, sql: CREATE_FORMAT },
    {
      name: `stage ${STAGE}`,
      sql: `CREATE OR REPLACE STAGE ${STAGE}${where} FILE_FORMAT = (FORMAT_NAME = '${FILE_FORMAT}')`,
    },
  ];
}

function externalStage(lakeRoot: string, access: StageAccess | undefined): string {
  if (access === undefined) {
    throw new WarehouseError(
      `Snowflake has no way to read ${lakeRoot}: set SNOWFLAKE_STORAGE_INTEGRATION, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  }
  return ` URL = ${literal(`${lakeRoot}/`)} ${accessClause(access)}`;
}

function accessClause(access: StageAccess): string {
  if (access.by === 'integration') return `STORAGE_INTEGRATION = ${access.integration}`;
  const token = access.sessionToken === undefined ? '' : ` AWS_TOKEN = ${literal(access.sessionToken)}`;
  return `CREDENTIALS = (AWS_KEY_ID = ${literal(access.keyId)} AWS_SECRET_KEY = ${literal(access.secret)}${token})`;
}

/** Loads files of the external stage, by their names in the lake. */
export function copyFromLake(table: string, files: readonly LakeFile[]): string {
  return copy(
    table,
    '',
    files.map(({ key }) => key),
    false,
  );
}

/** Puts a file of this machine below a folder of the internal stage. */
export function putFile(localPath: string, folder: string): string {
  // The driver takes the path as it stands: not as a URL with its escapes.
  const file = `file://${localPath.replaceAll('\\', '/')}`;
  // SOURCE_COMPRESSION = NONE would be right, but the driver fails on it.
  return `PUT ${literal(file)} @${STAGE}/${folder}/ AUTO_COMPRESS = FALSE OVERWRITE = TRUE`;
}

/** Takes away what was put below a folder. */
export const removeFolder = (folder: string): string => `REMOVE @${STAGE}/${folder}/`;

/** Loads files that were put below a folder, which are gone from there afterwards. @param files relative to the folder */
export const copyFromFolder = (table: string, folder: string, files: readonly string[]): string =>
  copy(table, `/${folder}/`, files, true);

/**
 * By the names of columns; what a file does not have is null. The table is new with every load, so whatever COPY remembers of
 * files does not matter. One bad row refuses all.
 */
function copy(table: string, folder: string, files: readonly string[], purge: boolean): string {
  return `COPY INTO ${table}
  FROM @${STAGE}${folder}
  FILES = (${files.map((file) => literal(file)).join(', ')})
  FILE_FORMAT = (FORMAT_NAME = '${FILE_FORMAT}')
  MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
  ON_ERROR = ABORT_STATEMENT${purge ? '\n  PURGE = TRUE' : ''}`;
}
