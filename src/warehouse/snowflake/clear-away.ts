import { DAY_MS } from '../../domain/calendar';
import { dropScratchStatements } from '../sql/ddl';
import { begunAt, dialectOf, loadOf } from './load-name';
import { endTransaction } from './lost-commit';
import type { SnowflakeSession } from './snowflake-session';

/** Removes the staged files and the tables of a load, of this session or another. */
export async function clearAway(session: SnowflakeSession, load: string): Promise<void> {
  await session.discardFiles(load);
  for (const { sql } of dropScratchStatements(dialectOf(load))) await session.run(sql);
}

/**
 * Does the same for a load whose process or session has died. It ends that load's transaction first, which
 * would hold up every other load.
 */
export async function clearAwayDead(session: SnowflakeSession, load: string): Promise<void> {
  await endTransaction(session, load);
  await clearAway(session, load);
}

/** Clears away loads that died at least a day ago, on whatever machine. Needs no virtual warehouse. */
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
