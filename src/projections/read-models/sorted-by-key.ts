/**
 * The entries of a map in the order of their keys. Upserts write in this order: two transactions then lock
 * the rows that they share in the same order, and never deadlock.
 */
export function sortedByKey<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
