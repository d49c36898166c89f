import { createHash } from 'node:crypto';
import { WarehouseError } from '../errors';
import type { LakeFile } from '../lake-files';
import { snowflakeDialect } from '../sql/snowflake.dialect';
import type { Statement } from '../sql/statement';
import type { StageAccess } from './options';

const STAGE = 'tidemark_lake';
const FILE_FORMAT = 'tidemark_parquet';

const { literal } = snowflakeDialect;

/** Where the lake lies, as Snowflake has to find it. */
export interface LakePlace {
  /** as an ObjectStore tells it: `file:///...` or `s3://bucket/prefix` */
  lakeRoot: string;
  /** S3_ENDPOINT; absent: the lake is in a folder or on AWS */
  lakeEndpoint?: string;
}

/**
 * How the files of a load get to Snowflake: it reads them from the bucket, or this machine puts them into an
 * internal stage.
 */
export function wayToFiles(place: LakePlace): 'external stage' | 'put' {
  return bucketUrl(place) === undefined ? 'put' : 'external stage';
}

/**
 * The file format and the stage: external where Snowflake can read the lake's bucket, else internal.
 * @param existing `replace` makes them anew, which takes grants and files of an internal stage away; `keep`
 *   makes what is missing
 * @throws WarehouseError when the bucket's stage has no way in
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

/** Logical types are read as such: instants in UTC, decimals, lists as arrays. */
export const PARQUET = 'TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE';

/** How a stage, or a COPY, names its file format. */
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
  // Of other servers it takes public names only, with TLS and on the usual port.
  const reachable =
    protocol === 'https:' && host === hostname && pathname === '/' && PUBLIC_NAME.test(hostname);
  return reachable ? { url: url.replace('s3://', 's3compat://'), endpoint: hostname } : undefined;
}

/** A name with a domain, and no address. */
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

/** The files of the internal stage; their names begin with that of the stage. */
export const LIST_FILES = `LIST @${STAGE}`;

/** Takes away what was put below a folder. */
export const removeFolder = (folder: string): string => `REMOVE @${STAGE}/${folder}/`;

/**
 * Loads files that were put below a folder, which are gone from there afterwards. @param files relative to
 * the folder
 */
export const copyFromFolder = (table: string, folder: string, files: readonly string[]): string =>
  copy(table, `/${folder}/`, files, true);

/**
 * By the names of columns; what a file does not have is null. The table is new with every load, so whatever
 * COPY remembers of files does not matter. One bad row refuses all.
 */
function copy(table: string, folder: string, files: readonly string[], purge: boolean): string {
  return `COPY INTO ${table}
  FROM @${STAGE}${folder}
  FILES = (${files.map((file) => literal(file)).join(', ')})
  ${formatted(FILE_FORMAT)}
  MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
  ON_ERROR = ABORT_STATEMENT${purge ? '\n  PURGE = TRUE' : ''}`;
}
