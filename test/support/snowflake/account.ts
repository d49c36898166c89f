import { generateKeyPairSync } from 'node:crypto';
import type { SnowflakeOptions } from '../../../src/warehouse/snowflake/options';
import { SnowflakeDouble } from './double';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const TOKEN = 'a-token';

/** Starts a double with one user, `LOADER`, who has a key and a token. */
export const startDouble = (): Promise<SnowflakeDouble> =>
  SnowflakeDouble.start({ keys: { LOADER: pair.publicKey }, tokens: [TOKEN] });

/** The options with which that user connects. */
export const optionsFor = (double: SnowflakeDouble): SnowflakeOptions => ({
  account: 'myorg-shop',
  user: 'LOADER',
  credential: {
    method: 'key-pair',
    privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  },
  warehouse: 'LOAD_WH',
  database: 'SHOP',
  schema: 'PUBLIC',
  accessUrl: double.url,
});
