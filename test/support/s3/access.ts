import { type Readers, startReaders } from '../readers/readers';
import type { TestS3 } from './versitygw';

/** What other readers need to read from a test server: pyiceberg's properties, and DuckDB's secret. */
export function accessTo({ endpoint }: TestS3): { properties: Record<string, string>; secret: string } {
  const { AWS_ACCESS_KEY_ID: keyId = '', AWS_SECRET_ACCESS_KEY: key = '' } = process.env;
  return {
    properties: {
      's3.endpoint': endpoint,
      's3.access-key-id': keyId,
      's3.secret-access-key': key,
      's3.region': 'us-east-1',
    },
    secret: `CREATE SECRET (TYPE s3, KEY_ID '${keyId}', SECRET '${key}', ENDPOINT '${new URL(endpoint).host}',
               URL_STYLE 'path', USE_SSL false, REGION 'us-east-1')`,
  };
}

/** Starts readers that can read from a test server. */
export async function startReadersOf(s3: TestS3): Promise<Readers> {
  const { properties, secret } = accessTo(s3);
  const readers = await startReaders();
  await readers.sql(secret);
  return {
    ...readers,
    scan: (table, options) => readers.scan({ properties, ...table }, options),
    schema: (table) => readers.schema({ properties, ...table }),
    inspect: (table, what) => readers.inspect({ properties, ...table }, what),
  };
}
