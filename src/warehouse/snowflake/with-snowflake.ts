import { type ConnectionHooks, SnowflakeConnection } from './connection';
import { SnowflakeError } from './errors';
import { forgetKnownFiles } from './known-files';
import type { SnowflakeOptions } from './options';
import { SnowflakeSession } from './snowflake-session';
import { type LakePlace, wayToFiles } from './stage';

export interface SnowflakeWarehouseOptions extends ConnectionHooks, LakePlace {
  snowflake: SnowflakeOptions;
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
  return withConnection(options, (connection) =>
    work(new SnowflakeSession(connection, wayToFiles(options), (again) => withSnowflake(options, again))),
  );
}

/**
 * The same without what a load needs.
 * @throws SnowflakeError
 */
export async function withConnection<T>(
  options: Pick<SnowflakeWarehouseOptions, 'snowflake' | 'folder' | keyof ConnectionHooks>,
  work: (connection: SnowflakeConnection) => Promise<T>,
): Promise<T> {
  const connection = await SnowflakeConnection.open(options.snowflake, options);
  try {
    return await work(connection);
  } catch (error) {
    // What should be there is not: the next init is to look, and the next load.
    if (error instanceof SnowflakeError && error.failure === 'object') await forgetKnownFiles(options.folder);
    throw error;
  } finally {
    await connection.close();
  }
}
