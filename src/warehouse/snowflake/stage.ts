import { createHash } from 'node:crypto';
import { WarehouseError } from '../errors';
import type { LakeFile } from '../lake-files';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import type { Statement } from '../sql/statement';
import type { StageAccess } from './options';

const STAGE = 'tidemark_lake';
const FILE_FORMAT = 'tidemark_parquet';

const { literal } = snowflakeDialect;

/** Where the lake lies. */
export interface LakePlace {
  /** root of the object store: `file:///...` or `s3://bucket/prefix` */
  lakeRoot: string;
  /** S3_ENDPOINT; absent: the lake is in a folder or on AWS */
  lakeEndpoint?: string;
}

/**
 * How files get to Snowflake: it reads them from the bucket, or this machine puts them into an internal
 * stage.
 */
export function wayToFiles(place: LakePlace): 'external stage' | 'put' {
  return bucketUrl(place) === undefined ? 'put' : 'external stage';
}

/**
 * Makes the file format and the stage. The stage is external where Snowflake can read the lake's bucket,
 * otherwise internal.
 * @param existing `replace` makes them anew, which loses grants and the files of an internal stage; `keep`
 *   makes what is missing
 * @throws WarehouseError when Snowflake has no access to the bucket
 */
export function stageStatements(
  place: LakePlace,
  access: StageAccess | undefined,
  existing: 'replace' | 'keep',
): Statement[] {
  return [
    {
      kind: 'create',
      object: FILE_FORMAT,
      label: `file format ${FILE_FORMAT}`,
      sql: create('FILE FORMAT', FILE_FORMAT, existing, PARQUET),
    },
    {
      kind: 'create',
      object: STAGE,
      label: `stage ${STAGE}`,
      sql: create('STAGE', STAGE, existing, `${whereIs(place, access)}${formatted(FILE_FORMAT)}`),
    },
  ];
}

/** A hash of everything that decides what the stage is. */
export function stageDigest(place: LakePlace, access: StageAccess | undefined): string {
  const statements = stageStatements(place, access, 'keep').map(({ label, sql }) => ({ name: label, sql }));
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex');
}

/** With logical types instants are in UTC, decimals are exact and lists are arrays. */
export const PARQUET = 'TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE';

/** The file format as a stage or a COPY names it. */
export const formatted = (format: string): string => `FILE_FORMAT = (FORMAT_NAME = '${format}')`;

function create(kind: string, name: string, existing: 'replace' | 'keep', rest: string): string {
  return existing === 'replace'
    ? `CREATE OR REPLACE ${kind} ${name} ${rest}`
    : `CREATE ${kind} IF NOT EXISTS ${name} ${rest}`;
}

/** The bucket as a stage names it; undefined where Snowflake cannot read it. */
function bucketUrl({ lakeRoot, lakeEndpoint }: LakePlace): { url: string; endpoint?: string } | undefined {
  if (!lakeRoot.startsWith('s3://')) return undefined;
  const url = `${lakeRoot}/`;
  if (lakeEndpoint === undefined) return { url };
  const { protocol, host, hostname, pathname } = new URL(lakeEndpoint);
  if (/\.amazonaws\.com(\.cn)?$/.test(hostname)) return { url };
  // Of other servers Snowflake takes public names only, with TLS and the usual port.
  const reachable =
    protocol === 'https:' && host === hostname && pathname === '/' && PUBLIC_NAME.test(hostname);
  return reachable ? { url: url.replace('s3://', 's3compat://'), endpoint: hostname } : undefined;
}

/** A name with a domain; no address. */
const PUBLIC_NAME = /^(?!.*\.(?:local|internal|localhost)$)(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+$/i;

function whereIs(place: LakePlace, access: StageAccess | undefined): string {
  const bucket = bucketUrl(place);
  if (bucket === undefined) return '';
  if (access === undefined) {
    throw new WarehouseError(
      `Snowflake has no way to read ${place.lakeRoot}: set SNOWFLAKE_STORAGE_INTEGRATION, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  }
  if (bucket.endpoint === undefined) return `URL = ${literal(bucket.url)} ${accessClause(access)} `;
  if (access.by === 'integration') {
    throw new WarehouseError(
      `Snowflake reads ${place.lakeRoot} on ${bucket.endpoint} with keys only: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not SNOWFLAKE_STORAGE_INTEGRATION`,
    );
  }
  return `URL = ${literal(bucket.url)} ENDPOINT = ${literal(bucket.endpoint)} ${accessClause(access)} `;
}

function accessClause(access: StageAccess): string {
  if (access.by === 'integration') return `STORAGE_INTEGRATION = ${access.integration}`;
  const token = access.sessionToken === undefined ? '' : ` AWS_TOKEN = ${literal(access.sessionToken)}`;
  return `CREDENTIALS = (AWS_KEY_ID = ${literal(access.keyId)} AWS_SECRET_KEY = ${literal(access.secret)}${token})`;
}

/** Copies files of the external stage, by their keys in the lake. */
export function copyFromLake(table: string, files: readonly LakeFile[]): string {
  return copy(
    table,
    '',
    files.map(({ key }) => key),
    false,
  );
}

/** Puts a file of this machine into a folder of the internal stage. */
export function putFile(localPath: string, folder: string): string {
  // The driver takes the path literally: it does not decode a URL's escapes.
  const file = `file://${localPath.replaceAll('\\', '/')}`;
  // SOURCE_COMPRESSION = NONE would be right, but the driver fails on it.
  return `PUT ${literal(file)} @${STAGE}/${folder}/ AUTO_COMPRESS = FALSE OVERWRITE = TRUE`;
}

/** Lists the files of the internal stage. Their names begin with the name of the stage. */
export const LIST_FILES = `LIST @${STAGE}`;

/** Removes a folder of the internal stage. */
export const removeFolder = (folder: string): string => `REMOVE @${STAGE}/${folder}/`;

/**
 * Copies files that were put into a folder, and removes them from there.
 * @param files relative to the folder
 */
export const copyFromFolder = (table: string, folder: string, files: readonly string[]): string =>
  copy(table, `/${folder}/`, files, true);

/**
 * Columns are matched by name; a column that a file lacks is null. The table is new in every load, so it does
 * not matter which files COPY remembers. One bad row fails the whole COPY.
 */
function copy(table: string, folder: string, files: readonly string[], purge: boolean): string {
  return `COPY INTO ${table}
  FROM @${STAGE}${folder}
  FILES = (${files.map((file) => literal(file)).join(', ')})
  ${formatted(FILE_FORMAT)}
  MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
  ON_ERROR = ABORT_STATEMENT${purge ? '\n  PURGE = TRUE' : ''}`;
}
