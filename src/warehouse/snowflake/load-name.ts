import { randomBytes } from 'node:crypto';
import type { Dialect } from '../model/dialect';
import { snowflakeDialect } from '../sql/snowflake.dialect';

const LOAD = /^t(\d{10})_[0-9a-f]{12}$/i;
const SCRATCH = /^(?:load|changed)_\w+_(t\d{10}_[0-9a-f]{12})$/i;

/**
 * A unique name for a load. Its transaction, its tables and its folder in the stage bear it. It contains the
 * time when the load began, which tells the leftovers of a dead load from the tables of a running one.
 * @param now Unix milliseconds
 */
export const newLoadName = (now = Date.now()): string =>
  `t${String(Math.floor(now / 1_000)).padStart(10, '0')}_${randomBytes(6).toString('hex')}`;

/** By this name another session finds the transaction of a load. */
export const transactionOf = (load: string): string => `tidemark_${load}`;

/** A dialect in which the tables of this load have names of their own. */
export const dialectOf = (load: string): Dialect => ({
  ...snowflakeDialect,
  scratch: (name) => `${name}_${load}`,
});

/** The name of the load that a table belongs to, in small letters; undefined for any other table. */
export const loadOf = (table: string): string | undefined => SCRATCH.exec(table)?.[1]?.toLowerCase();

/** When a load began, in Unix milliseconds; undefined when the name is not that of a load. */
export function begunAt(load: string): number | undefined {
  const [, seconds] = LOAD.exec(load) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
