import { randomBytes } from 'node:crypto';
import type { Dialect } from '../sql/dialect';
import { snowflakeDialect } from '../sql/snowflake.dialect';

const SCRATCH = /^(?:load|changed)_\w+_t(\d{10})_[0-9a-f]{12}$/i;

/**
 * Of one load and no other: its transaction, its tables and its folder in the stage are called by it. When it began is part of it, so
 * that what a load that died has left can be told from what another one is working with.
 * @param now Unix milliseconds
 */
export const newLoadName = (now = Date.now()): string =>
  `t${String(Math.floor(now / 1_000)).padStart(10, '0')}_${randomBytes(6).toString('hex')}`;

/** The dialect in which the tables of this load have names of their own. */
export const dialectOf = (load: string): Dialect => ({
  ...snowflakeDialect,
  scratch: (name) => `${name}_${load}`,
});

/** When the load began that a table is of, in Unix milliseconds; undefined: it is of none. */
export function begunAt(table: string): number | undefined {
  const [, seconds] = SCRATCH.exec(table) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
