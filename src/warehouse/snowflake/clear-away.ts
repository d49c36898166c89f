import { DAY_MS } from '../../domain/calendar';
import { dropScratchStatements } from '../sql/ddl';
import { begunAt, dialectOf, loadOf } from './load-name';
import { endTransaction } from './lost-commit';
import type { SnowflakeSession } from './snowflake-session';

/**
 * Takes away what a load has put into the stage and the tables that it has made, of this session or another.
 */
export async function clearAway(session: SnowflakeSession, load: string): Promise<void> {
  await session.discardFiles(load);
  for (const { sql } of dropScratchStatements(dialectOf(load))) await session.run(sql);
}

/**
 * The same for a load whose process or session has died. Its transaction ends first: it would be in the way
 * of every load.
 */
export async function clearAwayDead(session: SnowflakeSession, load: string): Promise<void> {
  await endTransaction(session, load);
  await clearAway(session, load);
}

/**
 * Clears away what loads have left that died a day ago or more, on whatever machine. Needs no virtual
 * warehouse.
 */
export async function dropLeftovers(
  session: SnowflakeSession,
  { database, schema }: { database: string; schema: string },
  now = Date.now(),
): Promise<void> {
  const tables = await session.query(`SHOW TABLES LIKE '%_t%' IN SCHEMA ${database}.${schema}`);
  const loads = [...tables.map(({ name }) => loadOf(name ?? '') ?? ''), ...(await session.loadsWithFiles())];
  for (const load of new Set(loads)) {
    const at = begunAt(load);
    if (at !== undefined && at < now - DAY_MS) await clearAway(session, load);
  }
}
