import { existsSync } from 'node:fs';
import type { SnowflakeOptions } from '../warehouse/snowflake/options';
import type { Config } from './config';
import { type Finding, failed, ok } from './finding';

const CHECK = 'warehouse';
/** Short, because a person waits. */
const LOGIN_TIMEOUT_MS = 10_000;
const RETRIES = 1;

/**
 * Checks that the warehouse can be reached: signs in to Snowflake where that is configured, else opens the
 * file.
 */
export async function diagnoseWarehouse({ dataDir, snowflake }: Config): Promise<Finding[]> {
  try {
    return [snowflake ? await signIn(snowflake) : await openFile(dataDir)];
  } catch (error) {
    return [failed(CHECK, (error as Error).message)];
  }
}

/** Needs no virtual warehouse, so it costs nothing. */
async function signIn(snowflake: SnowflakeOptions): Promise<Finding> {
  const { SnowflakeConnection } = await import('../warehouse/snowflake/connection.js');
  const options = { ...snowflake, loginTimeoutMs: LOGIN_TIMEOUT_MS };
  const connection = await SnowflakeConnection.open(options, { retries: RETRIES });
  await connection.close();
  const { account, user, database, schema } = snowflake;
  return ok(CHECK, `Snowflake ${account}, ${database}.${schema}, signed in as ${user}`);
}

async function openFile(folder: string): Promise<Finding> {
  const { openPublished, warehouseFile } = await import('../warehouse/duckdb/published.js');
  const file = warehouseFile({ folder });
  if (!existsSync(file)) return ok(CHECK, 'none yet; `tidemark warehouse load` makes it');
  const { connection, close } = await openPublished(file, {});
  try {
    const [row] = (await connection.runAndReadAll('SELECT through_position FROM load_progress')).getRows();
    return ok(CHECK, `${file}, ${row ? `loaded up to position ${row[0]}` : 'nothing loaded yet'}`);
  } finally {
    close();
  }
}
