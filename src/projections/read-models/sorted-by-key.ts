/**
 * The entries of a map in the order of their keys. Upserts write in this order, so that two transactions lock
 * the rows that they share in the same order and never wait for each other in a circle.
 */
export function sortedByKey<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
