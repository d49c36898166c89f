/** A copy of twice the length, zeros behind. */
export function grown<T extends Float64Array | Int32Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2);
  larger.set(column);
  return larger;
}
