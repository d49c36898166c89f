/** How a user signs in. */
export type SnowflakeCredential =
  /** PEM, PKCS#8, without a passphrase */
  | { method: 'key-pair'; privateKey: string }
  /** a programmatic access token, or one of OAuth */
  | { method: 'pat' | 'oauth'; token: string }
  /** Snowflake refuses it for people without a second factor, and for service users always */
  | { method: 'password'; password: string };

/** How a stage gets access to a bucket. */
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
  /** URL of the account, for proxies and private links; absent: the ordinary one */
  accessUrl?: string;
  /** for a lake in a bucket */
  stageAccess?: StageAccess;
  /** limit of one statement; default 1 h */
  statementTimeoutMs?: number;
  /** limit of signing in; default 60 s */
  loginTimeoutMs?: number;
}

/** Told to whoever connects with a password. */
export const PASSWORD_WARNING =
  'SNOWFLAKE_PASSWORD: Snowflake accounts refuse passwords without a second factor; use SNOWFLAKE_PRIVATE_KEY_PATH or SNOWFLAKE_TOKEN';
