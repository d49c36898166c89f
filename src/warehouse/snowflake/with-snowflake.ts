import { type ConnectionHooks, SnowflakeConnection } from './connection';
import { SnowflakeError } from './errors';
import { forgetKnownFiles } from './known-files';
import type { SnowflakeOptions } from './options';
import { SnowflakeSession } from './snowflake-session';
import { type LakePlace, wayToFiles } from './stage';

export interface SnowflakeWarehouseOptions extends ConnectionHooks, LakePlace {
  snowflake: SnowflakeOptions;
  /** folder of this machine: what it remembers of the warehouse, and the note of a running load */
  folder: string;
}

/**
 * Opens a session while `work` runs.
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
 * Opens a bare connection while `work` runs, for what does not load.
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
    // A table or view is missing: the next init has to look, and so has the next load.
    if (error instanceof SnowflakeError && error.failure === 'object') await forgetKnownFiles(options.folder);
    throw error;
  } finally {
    await connection.close();
  }
}
