import { dropScratchStatements } from '../sql/ddl';
import { begunAt, dialectOf } from './load-name';
import { endTransaction } from './lost-commit';
import type { SnowflakeSession } from './snowflake-session';

const DAY_MS = 86_400_000;

/** Takes away what a load has put into the stage and the tables that it has made, of this session or another. */
export async function clearAway(session: SnowflakeSession, load: string): Promise<void> {
  await session.discardFiles(load);
  for (const { sql } of dropScratchStatements(dialectOf(load))) await session.run(sql);
}

/** The same for a load whose process or session has died. Its transaction ends first: it would be in the way of every load. */
export async function clearAwayDead(session: SnowflakeSession, load: string): Promise<void> {
  await endTransaction(session, load);
  await clearAway(session, load);
}

/** Drops tables of loads that died a day ago or more, on whatever machine. Needs no virtual warehouse. */
export async function dropLeftovers(
  session: SnowflakeSession,
  { database, schema }: { database: string; schema: string },
  now = Date.now(),
): Promise<void> {
  const found = await session.query(`SHOW TABLES LIKE '%_t%' IN SCHEMA ${database}.${schema}`);
  for (const { name } of found) {
    const at = begunAt(name ?? '');
    if (at !== undefined && at < now - DAY_MS) await session.run(`DROP TABLE IF EXISTS ${name}`);
  }
}
