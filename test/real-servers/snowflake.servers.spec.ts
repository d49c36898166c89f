import { randomBytes } from 'node:crypto';
import { openObjectStore } from '../../src/lake/object-store/open';
import { readConfig } from '../../src/runtime/config';
import { SnowflakeConnection } from '../../src/warehouse/snowflake/connection';
import type { SnowflakeOptions } from '../../src/warehouse/snowflake/options';
import {
  type SnowflakePlace,
  type StageBucket,
  snowflakeFeatures,
} from '../../src/warehouse/snowflake/snowflake.features';

/**
 * Against a real account: `SNOWFLAKE_TEST_ACCOUNT`, `_USER`, `_WAREHOUSE`, `_DATABASE` and
 * `_PRIVATE_KEY_PATH` or `_TOKEN`, named and checked as SNOWFLAKE_*. Everything happens in schemas of random
 * names, which are dropped at the end. With `SNOWFLAKE_TEST_LAKE_URL` (`s3://bucket/prefix`, and S3_ENDPOINT
 * and AWS_* as for a lake) files are put below it, read by `SNOWFLAKE_TEST_STORAGE_INTEGRATION` or these
 * keys, and deleted again.
 */
const ACCOUNT = process.env.SNOWFLAKE_TEST_ACCOUNT;
const LAKE_URL = process.env.SNOWFLAKE_TEST_LAKE_URL;
const ENDPOINT = process.env.S3_ENDPOINT;

/** No machine has an account by itself, so there is no CI where this has to run. */
const describeAccount = ACCOUNT
  ? describe
  : (title: string, suite: () => void) =>
      describe.skip(`${title} (skipped: SNOWFLAKE_TEST_ACCOUNT is not set)`, suite);

function optionsOfAccount(schema: string): SnowflakeOptions {
  const given = Object.entries(process.env).flatMap(([name, value]) => {
    if (name.startsWith('SNOWFLAKE_TEST_')) return [[name.replace('_TEST_', '_'), value]];
    return name.startsWith('AWS_') ? [[name, value]] : [];
  });
  const { snowflake } = readConfig({ ...Object.fromEntries(given), SNOWFLAKE_SCHEMA: schema });
  if (!snowflake) throw new Error('SNOWFLAKE_TEST_ACCOUNT is not set');
  return snowflake;
}

/** A schema of its own, and where there is a bucket a place in it. */
async function openPlace(): Promise<SnowflakePlace> {
  const schema = `TIDEMARK_TEST_${randomBytes(6).toString('hex').toUpperCase()}`;
  const snowflake = optionsOfAccount(schema);
  const connection = await SnowflakeConnection.open(snowflake);
  const bucket = LAKE_URL === undefined ? undefined : await openBucket(`${LAKE_URL}/${schema}`, snowflake);
  await connection.execute(`CREATE SCHEMA ${schema}`);
  return {
    snowflake,
    bucket: bucket?.place,
    async remove() {
      await connection.execute(`DROP SCHEMA IF EXISTS ${schema}`);
      await connection.close();
      await bucket?.remove();
    },
  };
}

async function openBucket(
  url: string,
  snowflake: SnowflakeOptions,
): Promise<{ place: StageBucket; remove(): Promise<void> }> {
  const store = await openObjectStore({ url, s3: { endpoint: ENDPOINT, region: process.env.AWS_REGION } });
  const uploaded: string[] = [];
  return {
    place: {
      root: store.root,
      endpoint: ENDPOINT,
      snowflake,
      async upload(localPath, key) {
        uploaded.push(key);
        await store.putFileIfAbsent(key, localPath);
      },
    },
    async remove() {
      await store.delete(uploaded);
      await store.close();
    },
  };
}

describeAccount('a real account of Snowflake', () => {
  snowflakeFeatures(openPlace, { bucket: LAKE_URL !== undefined });
});
