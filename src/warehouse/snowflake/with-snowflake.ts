import { type ConnectionHooks, SnowflakeConnection } from './connection';
import type { SnowflakeOptions } from './options';
import { SnowflakeSession } from './snowflake-session';
import { wayToFiles } from './stage';

export interface SnowflakeWarehouseOptions extends ConnectionHooks {
  snowflake: SnowflakeOptions;
  /** as the lake's ObjectStore tells it: `file:///...` or `s3://bucket/prefix` */
  lakeRoot: string;
  /** S3_ENDPOINT; absent: the lake is in a folder or on AWS */
  lakeEndpoint?: string;
  /** of this machine: where is remembered what the warehouse has, and what is being loaded */
  folder: string;
}

/**
 * A session for as long as `work` takes.
 * @throws SnowflakeError
 */
export async function withSnowflake<T>(
  options: SnowflakeWarehouseOptions,
  work: (session: SnowflakeSession) => Promise<T>,
): Promise<T> {
  const connection = await SnowflakeConnection.open(options.snowflake, options);
  try {
    return await work(new SnowflakeSession(connection, wayToFiles(options)));
  } finally {
    await connection.close();
  }
}
