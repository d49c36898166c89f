import type { ConnectionOptions } from 'snowflake-sdk';
import type { SnowflakeCredential, SnowflakeOptions } from './options';

/** What the driver has to know to sign in. */
export function driverOptions(options: SnowflakeOptions): ConnectionOptions {
  const { account, user, credential, role, warehouse, database, schema, accessUrl } = options;
  return {
    account,
    username: user,
    ...authentication(credential),
    role,
    warehouse,
    database,
    schema,
    ...(accessUrl === undefined ? {} : { accessUrl }),
    application: 'Tidemark',
    clientSessionKeepAlive: false,
    disableQueryContextCache: true,
    representNullAsStringNull: false,
    sfRetryMaxLoginRetries: 3,
  };
}

function authentication(credential: SnowflakeCredential): ConnectionOptions {
  switch (credential.method) {
    case 'key-pair':
      return { authenticator: 'SNOWFLAKE_JWT', privateKey: credential.privateKey };
    case 'pat':
      return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: credential.token };
    case 'oauth':
      return { authenticator: 'OAUTH', token: credential.token };
    case 'password':
      return { authenticator: 'SNOWFLAKE', password: credential.password };
  }
}
