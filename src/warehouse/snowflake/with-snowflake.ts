import { type ConnectionHooks, SnowflakeConnection } from './connection';
import type { SnowflakeOptions } from './options';
import { SnowflakeSession } from './snowflake-session';

export interface SnowflakeWarehouseOptions extends ConnectionHooks {
  snowflake: SnowflakeOptions;
  /** as the lake's ObjectStore tells it: `file:///...` or `s3://bucket/prefix` */
  lakeRoot: string;
  /** of this machine: where is remembered what the warehouse has */
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
    const files = options.lakeRoot.startsWith('file:') ? 'put' : 'external stage';
    return await work(new SnowflakeSession(connection, files));
  } finally {
    await connection.close();
  }
}
