import { join } from 'node:path';
import { LakeUrlError, parseLakeUrl, parseS3Endpoint } from '../lake/object-store/lake-url';
import type { LakeOptions } from '../lake/open-lake';
import { type ConfigReader, parseCount } from './kafka-config';

/** Folder of the lake in the data folder. */
const LAKE_FOLDER = 'lake';

/** The metadata of a table lists each of them and is written with every commit. */
const MOST_SNAPSHOTS = 10_000;

const AWS_KEY = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

/** Reads LAKE_*, S3_ENDPOINT, AWS_REGION and ICEBERG_REST_*. The AWS SDK itself looks for credentials. */
export function loadLakeConfig(reader: ConfigReader, dataDir: string): LakeOptions {
  const { value, check } = reader;
  const [keyId, secret] = AWS_KEY.map(value);
  if ((keyId === undefined) !== (secret === undefined)) {
    const [given, missing] = keyId === undefined ? [...AWS_KEY].reverse() : AWS_KEY;
    reader.report(`${given} is given, but ${missing} is not`);
  }
  const url = checked(reader, 'LAKE_URL', parseLakeUrl) && value('LAKE_URL');
  return {
    url: url ?? join(dataDir, LAKE_FOLDER),
    s3: { endpoint: checked(reader, 'S3_ENDPOINT', parseS3Endpoint), region: value('AWS_REGION') },
    restCatalog: loadRestCatalog(reader),
    keepSnapshots: check(
      'LAKE_KEEP_SNAPSHOTS',
      parseCount(MOST_SNAPSHOTS),
      `give a whole number from 1 to ${MOST_SNAPSHOTS}`,
    ),
  };
}

function loadRestCatalog({ value, check, report }: ConfigReader): LakeOptions['restCatalog'] {
  const uri = check('ICEBERG_REST_URI', parseHttpUrl, 'give http://host:port/path or https://...');
  const token = value('ICEBERG_REST_TOKEN');
  const warehouse = value('ICEBERG_REST_WAREHOUSE');
  const namespace = value('ICEBERG_REST_NAMESPACE') ?? 'tidemark';
  if (uri === undefined) {
    if (token !== undefined) report('ICEBERG_REST_TOKEN is given, but ICEBERG_REST_URI is not');
    return undefined;
  }
  return { uri, token, warehouse, namespace };
}

function parseHttpUrl(text: string): string | undefined {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
    ? text.replace(/\/+$/, '')
    : undefined;
}

/** The parsers of the lake say what is wrong by themselves. */
function checked<T>(
  { value, report }: ConfigReader,
  name: string,
  parse: (text: string) => T,
): T | undefined {
  const text = value(name);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof LakeUrlError)) throw error;
    report(`${name} ${error.message}`);
    return undefined;
  }
}
