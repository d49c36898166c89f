import { createPrivateKey, type KeyObject } from 'node:crypto';
import { accountProblem } from '../warehouse/snowflake/account';
import type { SnowflakeCredential, SnowflakeOptions, StageAccess } from '../warehouse/snowflake/options';
import { type ConfigReader, parseHttpUrl } from './config-reader';

const AUTHENTICATORS = ['key-pair', 'pat', 'oauth', 'password'] as const;
type Authenticator = (typeof AUTHENTICATORS)[number];

/** The variable that each way of authentication needs. */
const NEEDS: Record<Authenticator, string> = {
  'key-pair': 'SNOWFLAKE_PRIVATE_KEY_PATH',
  pat: 'SNOWFLAKE_TOKEN',
  oauth: 'SNOWFLAKE_TOKEN',
  password: 'SNOWFLAKE_PASSWORD',
};

/**
 * Reads SNOWFLAKE_*. Without SNOWFLAKE_ACCOUNT there is no Snowflake, and the other variables are only
 * checked.
 */
export function readSnowflakeConfig(reader: ConfigReader): SnowflakeOptions | undefined {
  const { value, check, report } = reader;
  const account = readAccount(reader);
  const user = value('SNOWFLAKE_USER');
  const name = (variable: string) =>
    check(variable, parseName, 'give a name of letters, digits, underscores and dollar signs');
  const role = name('SNOWFLAKE_ROLE');
  const warehouse = name('SNOWFLAKE_WAREHOUSE');
  const database = name('SNOWFLAKE_DATABASE');
  const schema = name('SNOWFLAKE_SCHEMA') ?? 'PUBLIC';
  const accessUrl = check('SNOWFLAKE_ACCESS_URL', parseOrigin, 'give http://host:port or https://host:port');
  const stageAccess = readStageAccess(reader);
  const credential = readCredential(reader);
  if (value('SNOWFLAKE_ACCOUNT') === undefined) return undefined;
  for (const variable of ['SNOWFLAKE_USER', 'SNOWFLAKE_DATABASE'])
    if (value(variable) === undefined) report(`${variable} is missing: SNOWFLAKE_ACCOUNT needs it`);
  if (!account || !user || !database || !credential) return undefined;
  return { account, user, credential, role, warehouse, database, schema, accessUrl, stageAccess };
}

function readAccount({ value, report }: ConfigReader): string | undefined {
  const account = value('SNOWFLAKE_ACCOUNT');
  const problem = account === undefined ? undefined : accountProblem(account);
  if (problem === undefined) return account;
  report(`SNOWFLAKE_ACCOUNT=${account} is not allowed: ${problem}`);
  return undefined;
}

function readCredential(reader: ConfigReader): SnowflakeCredential | undefined {
  const { value, check, report } = reader;
  const chosen = check(
    'SNOWFLAKE_AUTHENTICATOR',
    (text) => AUTHENTICATORS.find((name) => name === text.toLowerCase()),
    `give one of ${AUTHENTICATORS.join(', ')}`,
  );
  const given = (Object.keys(NEEDS) as Authenticator[]).find((name) => value(NEEDS[name]) !== undefined);
  const method = chosen ?? given;
  const key = readPrivateKey(reader);
  if (value('SNOWFLAKE_ACCOUNT') === undefined) return undefined;
  if (method === undefined) {
    report(
      'SNOWFLAKE_PRIVATE_KEY_PATH is missing: SNOWFLAKE_ACCOUNT needs it, or SNOWFLAKE_TOKEN for an ' +
        'access token',
    );
    return undefined;
  }
  const secret = value(NEEDS[method]);
  if (secret === undefined) {
    report(`${NEEDS[method]} is missing: SNOWFLAKE_AUTHENTICATOR=${method} needs it`);
    return undefined;
  }
  if (method === 'key-pair') return key === undefined ? undefined : { method, privateKey: key };
  return method === 'password' ? { method, password: secret } : { method, token: secret };
}

/** @returns PEM without a passphrase */
function readPrivateKey({ value, file, report }: ConfigReader): string | undefined {
  const path = value('SNOWFLAKE_PRIVATE_KEY_PATH');
  const passphrase = value('SNOWFLAKE_PRIVATE_KEY_PASSPHRASE');
  if (path === undefined) {
    if (passphrase !== undefined)
      report('SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is given, but SNOWFLAKE_PRIVATE_KEY_PATH is not');
    return undefined;
  }
  const pem = file('SNOWFLAKE_PRIVATE_KEY_PATH');
  if (pem === undefined) return undefined;
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, passphrase });
  } catch {
    const encrypted = pem.includes('ENCRYPTED');
    const problem = !encrypted
      ? 'holds no private key in PEM'
      : passphrase === undefined
        ? 'is encrypted: SNOWFLAKE_PRIVATE_KEY_PASSPHRASE is missing'
        : 'cannot be opened with SNOWFLAKE_PRIVATE_KEY_PASSPHRASE';
    report(`SNOWFLAKE_PRIVATE_KEY_PATH=${path} ${problem}`);
    return undefined;
  }
  if (key.asymmetricKeyType !== 'rsa') {
    report(`SNOWFLAKE_PRIVATE_KEY_PATH=${path} is not an RSA key: Snowflake takes no other`);
    return undefined;
  }
  return key.export({ format: 'pem', type: 'pkcs8' }) as string;
}

/** An integration, or else the keys that the lake is written with. */
function readStageAccess({ value, check }: ConfigReader): StageAccess | undefined {
  const integration = check(
    'SNOWFLAKE_STORAGE_INTEGRATION',
    parseName,
    'give the name of a storage integration',
  );
  if (integration !== undefined) return { by: 'integration', integration };
  const keyId = value('AWS_ACCESS_KEY_ID');
  const secret = value('AWS_SECRET_ACCESS_KEY');
  if (keyId === undefined || secret === undefined) return undefined;
  return { by: 'keys', keyId, secret, sessionToken: value('AWS_SESSION_TOKEN') };
}

/** Names stand in statements without quotes. */
function parseName(text: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_$]{0,254}$/.test(text) ? text : undefined;
}

function parseOrigin(text: string): string | undefined {
  const url = parseHttpUrl(text);
  return url && url.pathname === '/' && !url.search ? url.origin : undefined;
}
