import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config';
import type { Environment } from './config-reader';
import { ConfigError } from './errors';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const plain = rsa.export({ format: 'pem', type: 'pkcs8' }) as string;
const locked = rsa.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase: 'opens',
}) as string;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const folder = mkdtempSync(join(tmpdir(), 'tidemark-key-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const plainPath = file('plain.p8', plain);
const lockedPath = file('locked.p8', locked);
const curvePath = file('curve.p8', curve.export({ format: 'pem', type: 'pkcs8' }) as string);
const textPath = file('text.p8', 'not a key');
afterAll(() => rmSync(folder, { recursive: true }));

const account = { SNOWFLAKE_ACCOUNT: 'myorg-shop', SNOWFLAKE_USER: 'LOADER', SNOWFLAKE_DATABASE: 'SHOP' };

function problemsOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('without an account there is no Snowflake', () => {
  expect(readConfig({ SNOWFLAKE_USER: 'LOADER' }).snowflake).toBeUndefined();
});

test('an account with a private key is enough', () => {
  const { snowflake } = readConfig({ ...account, SNOWFLAKE_PRIVATE_KEY_PATH: plainPath });
  expect(snowflake).toEqual({
    account: 'myorg-shop',
    user: 'LOADER',
    credential: { method: 'key-pair', privateKey: plain },
    database: 'SHOP',
    schema: 'PUBLIC',
  });
});

test('a private key with a passphrase is opened', () => {
  const env = {
    ...account,
    SNOWFLAKE_PRIVATE_KEY_PATH: lockedPath,
    SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: 'opens',
  };
  expect(readConfig(env).snowflake?.credential).toEqual({ method: 'key-pair', privateKey: plain });
});

test('every variable is read', () => {
  const { snowflake } = readConfig({
    ...account,
    SNOWFLAKE_TOKEN: 'secret',
    SNOWFLAKE_ROLE: 'TRANSFORMER',
    SNOWFLAKE_WAREHOUSE: 'LOAD_WH',
    SNOWFLAKE_SCHEMA: 'STAR',
    SNOWFLAKE_ACCESS_URL: 'https://gateway:8443/',
    SNOWFLAKE_STORAGE_INTEGRATION: 'LAKE',
  });
  expect(snowflake).toMatchObject({
    credential: { method: 'pat', token: 'secret' },
    role: 'TRANSFORMER',
    warehouse: 'LOAD_WH',
    schema: 'STAR',
    accessUrl: 'https://gateway:8443',
    stageAccess: { by: 'integration', integration: 'LAKE' },
  });
});

test('a private key goes before a token, and a token before a password, unless one is asked for', () => {
  const all = {
    ...account,
    SNOWFLAKE_PRIVATE_KEY_PATH: plainPath,
    SNOWFLAKE_TOKEN: 'secret',
    SNOWFLAKE_PASSWORD: 'hunter2',
  };
  const credential = (env: Environment) => readConfig(env).snowflake?.credential;
  expect(credential(all)?.method).toBe('key-pair');
  expect(credential({ ...all, SNOWFLAKE_PRIVATE_KEY_PATH: '' })?.method).toBe('pat');
  expect(credential({ ...all, SNOWFLAKE_AUTHENTICATOR: 'OAuth' })).toEqual({
    method: 'oauth',
    token: 'secret',
  });
  expect(credential({ ...all, SNOWFLAKE_AUTHENTICATOR: 'password' })).toEqual({
    method: 'password',
    password: 'hunter2',
  });
});

test('without a storage integration the stage gets the keys of the lake', () => {
  const env = { ...account, SNOWFLAKE_TOKEN: 't', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's' };
  expect(readConfig(env).snowflake?.stageAccess).toEqual({ by: 'keys', keyId: 'id', secret: 's' });
});

test('everything that is missing is named at once', () => {
  expect(problemsOf({ SNOWFLAKE_ACCOUNT: 'myorg-shop' })).toEqual([
    expect.stringMatching(/^SNOWFLAKE_PRIVATE_KEY_PATH is missing.*SNOWFLAKE_TOKEN/),
    'SNOWFLAKE_USER is missing: SNOWFLAKE_ACCOUNT needs it',
    'SNOWFLAKE_DATABASE is missing: SNOWFLAKE_ACCOUNT needs it',
  ]);
});

test.each([
  [{ SNOWFLAKE_ACCOUNT: 'https://myorg-shop.snowflakecomputing.com' }, /: myorg-shop$/],
  [{ SNOWFLAKE_DATABASE: 'my-db' }, /^SNOWFLAKE_DATABASE=my-db/],
  [{ SNOWFLAKE_SCHEMA: 'a.b' }, /^SNOWFLAKE_SCHEMA=a\.b/],
  [{ SNOWFLAKE_ACCESS_URL: 'gateway' }, /^SNOWFLAKE_ACCESS_URL=gateway/],
  [{ SNOWFLAKE_AUTHENTICATOR: 'saml' }, /^SNOWFLAKE_AUTHENTICATOR=saml.*key-pair, pat, oauth, password/],
  [{ SNOWFLAKE_AUTHENTICATOR: 'oauth', SNOWFLAKE_TOKEN: '' }, /^SNOWFLAKE_TOKEN is missing/],
  [{ SNOWFLAKE_PRIVATE_KEY_PATH: '/nowhere' }, /^SNOWFLAKE_PRIVATE_KEY_PATH=\/nowhere cannot be read/],
  [{ SNOWFLAKE_PRIVATE_KEY_PATH: lockedPath }, /is encrypted: SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is missing$/],
  [
    { SNOWFLAKE_PRIVATE_KEY_PATH: lockedPath, SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: 'shut' },
    /cannot be opened with SNOWFLAKE_PRIVATE_KEY_PASSPHRASE$/,
  ],
  [{ SNOWFLAKE_PRIVATE_KEY_PATH: curvePath }, /is not an RSA key/],
  [{ SNOWFLAKE_PRIVATE_KEY_PATH: textPath }, /holds no private key/],
  [{ SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: 'x' }, /^SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is given, but/],
])('%j is the one problem that is told', (env, problem) => {
  expect(problemsOf({ ...account, SNOWFLAKE_TOKEN: 'secret', ...env })).toEqual([
    expect.stringMatching(problem),
  ]);
});
