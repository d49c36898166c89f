import type { SnowflakeError as DriverError } from 'snowflake-sdk';
import { SnowflakeError, type SnowflakeFailure } from './errors';
import type { SnowflakeOptions } from './options';

interface Rule {
  /** error codes of the service or the driver */
  codes: readonly string[];
  failure: SnowflakeFailure;
  advice(options: SnowflakeOptions): string;
}

const RULES: readonly Rule[] = [
  {
    codes: ['390144', '394304'],
    failure: 'credentials',
    advice: ({ user }) =>
      `the key is not the user's: ALTER USER ${user} SET RSA_PUBLIC_KEY='...' with the public half of it, and see that this machine's clock is right`,
  },
  {
    codes: ['390100'],
    failure: 'credentials',
    advice: ({ credential }) =>
      credential.method === 'password'
        ? 'check SNOWFLAKE_USER and SNOWFLAKE_PASSWORD; accounts refuse passwords without a second factor, so use a key pair'
        : 'check SNOWFLAKE_USER and the credential',
  },
  {
    codes: ['390195', '390303', '390318', '394400'],
    failure: 'credentials',
    advice: () => 'SNOWFLAKE_TOKEN is wrong or has expired: make a new one',
  },
  {
    codes: ['390422'],
    failure: 'credentials',
    advice: ({ user }) => `a network policy keeps this machine's address out for ${user}`,
  },
  {
    codes: ['000606', '090073'],
    failure: 'warehouse',
    advice: ({ warehouse }) =>
      warehouse === undefined
        ? 'set SNOWFLAKE_WAREHOUSE'
        : `see that warehouse ${warehouse} exists, may run, and that the role has USAGE on it`,
  },
  {
    codes: ['003001', '003041'],
    failure: 'privilege',
    advice: ({ role, database, schema }) =>
      `grant it to ${role ?? "the user's default role"}, or set SNOWFLAKE_ROLE; init needs CREATE TABLE, VIEW, STAGE and FILE FORMAT on schema ${database}.${schema}`,
  },
  {
    codes: ['002003', '002043', '090105', '090106'],
    failure: 'object',
    advice: ({ database, schema, role }) =>
      `\`tidemark warehouse init\` makes the tables; database ${database} and schema ${schema} must be there, and ${role ?? "the user's default role"} needs USAGE on both`,
  },
  {
    codes: ['390104', '390111', '390112', '390114', '407002', '405503'],
    failure: 'session',
    advice: () => 'the session has ended; nothing that was not committed is left: try again',
  },
  { codes: ['000625'], failure: 'lock', advice: () => 'another load is at work: try again when it is done' },
  {
    codes: ['000604', '000630'],
    failure: 'timeout',
    advice: () => 'give the warehouse more size, or load less at once',
  },
];

const DRIVER_NETWORK = /^40[12]\d{3}$/;

/** Translates an error of the driver or the service into one clear error. */
export function explainError(error: DriverError, options: SnowflakeOptions): SnowflakeError {
  const code = error.code === undefined ? undefined : String(error.code).padStart(6, '0');
  const queryId = (error.data as { queryId?: string } | undefined)?.queryId;
  const told = (failure: SnowflakeFailure, advice?: string) => {
    const text = `Snowflake: ${firstLines(error)}${advice === undefined ? '' : `\n${advice}`}`;
    return new SnowflakeError(failure, text, { code, queryId, cause: error });
  };
  if (/multi-factor|MFA/i.test(error.message))
    return told(
      'credentials',
      'a program cannot give a second factor: use SNOWFLAKE_PRIVATE_KEY_PATH or SNOWFLAKE_TOKEN',
    );
  const rule = code === undefined ? undefined : RULES.find(({ codes }) => codes.includes(code));
  if (rule) return told(rule.failure, rule.advice(options));
  if (code !== undefined && DRIVER_NETWORK.test(code)) return fromNetwork(error, told, options);
  return told('statement');
}

function fromNetwork(
  error: DriverError,
  told: (failure: SnowflakeFailure, advice?: string) => SnowflakeError,
  { account, accessUrl }: SnowflakeOptions,
): SnowflakeError {
  const status = (error.response as { statusCode?: number } | undefined)?.statusCode;
  const reason = (error.cause as { code?: string } | undefined)?.code;
  const where = accessUrl ?? `https://${account}.snowflakecomputing.com`;
  if (status === 401) return told('session', 'the session is not known any more: try again');
  if (reason === 'ENOTFOUND' || status === 403 || status === 404)
    return told('account', `nothing answers for account ${account} at ${where}: check SNOWFLAKE_ACCOUNT`);
  return told(
    'network',
    `${where} did not answer${reason ? ` (${reason})` : status ? ` (HTTP ${status})` : ''}`,
  );
}

const firstLines = ({ message }: DriverError): string => message.trim().split('\n').slice(0, 5).join('\n');
