/** How a user proves who it is. */
export type SnowflakeCredential =
  /** PEM, PKCS#8, without a passphrase */
  | { method: 'key-pair'; privateKey: string }
  /** a programmatic access token, or one of OAuth */
  | { method: 'pat' | 'oauth'; token: string }
  /** accounts refuse it for people without a second factor, and for service users always */
  | { method: 'password'; password: string };

/** How a stage may read a bucket. */
export type StageAccess =
  | { by: 'integration'; integration: string }
  | { by: 'keys'; keyId: string; secret: string; sessionToken?: string };

export interface SnowflakeOptions {
  /** such as `myorg-myaccount`, see `accountProblem` */
  account: string;
  user: string;
  credential: SnowflakeCredential;
  /** absent: the user's default */
  role?: string;
  /** absent: the user's default */
  warehouse?: string;
  database: string;
  schema: string;
  /** where the account answers, for proxies and private links; absent: its ordinary address */
  accessUrl?: string;
  /** of a lake in a bucket */
  stageAccess?: StageAccess;
  /** of one statement; default 1 h */
  statementTimeoutMs?: number;
  /** of making a session; default 60 s */
  loginTimeoutMs?: number;
}

/** Told to whoever connects with a password. */
export const PASSWORD_WARNING =
  'SNOWFLAKE_PASSWORD: Snowflake accounts refuse passwords without a second factor; use SNOWFLAKE_PRIVATE_KEY_PATH or SNOWFLAKE_TOKEN';
