import { type Dialect, instant } from './dialect';

/** When every first version begins. Orders and returns dated before 1970 are refused, so none is older. */
export const FIRST_INSTANT = '1970-01-01 00:00:00+00';
/** When the current version ends. */
export const LAST_INSTANT = '9999-12-31 00:00:00+00';

/**
 * The common table expression `versions` of a type 2 dimension, from `states` (id, revision, valid_from and
 * the attributes as of then). Of several changes at one instant the last counts. A change to the same values
 * makes no version.
 */
export function versions(id: string, attributes: readonly string[]): string {
  const before = (column: string) => `LAG(${column}) OVER (PARTITION BY ${id} ORDER BY valid_from)`;
  return `instants AS (
  SELECT * FROM states
 QUALIFY ROW_NUMBER() OVER (PARTITION BY ${id}, valid_from ORDER BY revision DESC) = 1
), versions AS (
  SELECT * FROM instants
 QUALIFY ROW_NUMBER() OVER (PARTITION BY ${id} ORDER BY valid_from) = 1
         ${attributes.map((column) => `OR ${column} IS DISTINCT FROM ${before(column)}`).join(' ')}
)`;
}

/** The columns valid_to and is_current of a row of `versions v`. */
export function validity(dialect: Dialect, id: string): string {
  const next = `LEAD(v.valid_from) OVER (PARTITION BY v.${id} ORDER BY v.valid_from)`;
  return `COALESCE(${next}, ${instant(dialect, LAST_INSTANT)}) AS valid_to, ${next} IS NULL AS is_current`;
}

/**
 * The order in which changes took effect: by their own time, then by the log. Revision 0 counts from the
 * beginning of time.
 */
export const BY_TIME = 'CASE WHEN revision = 0 THEN 0 ELSE 1 END, changed_at, revision';
/** The reverse order: newest first. */
export const NEWEST_FIRST = 'CASE WHEN revision = 0 THEN 1 ELSE 0 END, changed_at DESC, revision DESC';

/** The condition that a version was valid at the time of row `f`. */
export const trueAt = (version: string, id: string, at: string): string =>
  `${version}.${id} = f.${id} AND f.${at} >= ${version}.valid_from AND f.${at} < ${version}.valid_to`;
