import { join } from 'node:path';
import { EVENTS_PARTITIONS } from '../lake/datasets/events.dataset';
import { LakeUrlError, parseLakeUrl, parseS3Endpoint } from '../lake/object-store/lake-url';
import type { LakeOptions } from '../lake/open-lake';
import { type ConfigReader, parseCount, parseHttpUrl } from './config-reader';

/** Folder of the lake in the data folder. */
const LAKE_FOLDER = 'lake';

/** Every commit writes the table's metadata anew, with all snapshots in it. */
const MOST_SNAPSHOTS = 10_000;

const AWS_KEY = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

/** Reads LAKE_*, S3_ENDPOINT, AWS_REGION and ICEBERG_REST_*. The AWS SDK itself looks for credentials. */
export function readLakeConfig(reader: ConfigReader, dataDir: string): LakeOptions {
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
    restCatalog: readRestCatalog(reader),
    eventsPartition: check(
      'LAKE_EVENTS_PARTITION',
      (text) => EVENTS_PARTITIONS.find((partition) => partition === text),
      `give ${EVENTS_PARTITIONS.join(' or ')}`,
    ),
    keepSnapshots: check(
      'LAKE_KEEP_SNAPSHOTS',
      parseCount(MOST_SNAPSHOTS),
      `give a whole number from 1 to ${MOST_SNAPSHOTS}`,
    ),
  };
}

function readRestCatalog({ value, check, report }: ConfigReader): LakeOptions['restCatalog'] {
  const uri = check('ICEBERG_REST_URI', parseBase, 'give http://host:port/path or https://...');
  const token = value('ICEBERG_REST_TOKEN');
  const warehouse = value('ICEBERG_REST_WAREHOUSE');
  const namespace = value('ICEBERG_REST_NAMESPACE') ?? 'tidemark';
  if (uri === undefined) {
    if (token !== undefined) report('ICEBERG_REST_TOKEN is given, but ICEBERG_REST_URI is not');
    return undefined;
  }
  return { uri, token, warehouse, namespace };
}

/** Paths are appended to it. */
function parseBase(text: string): string | undefined {
  return parseHttpUrl(text) && text.replace(/\/+$/, '');
}

/** As `check`, for parsers that say what is wrong in a LakeUrlError. */
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
