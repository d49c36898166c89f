const SHOWN = 5;

/**
 * Compares two tables, given as lines in any order. The error counts the rows that differ, and shows some.
 */
export function expectSameRows(actual: readonly string[], expected: readonly string[]): void {
  const surplus = without(actual, expected);
  const missing = without(expected, actual);
  expect({
    rows: actual.length,
    onlyHere: surplus.slice(0, SHOWN),
    onlyInOracle: missing.slice(0, SHOWN),
    different: surplus.length + missing.length,
  }).toEqual({ rows: expected.length, onlyHere: [], onlyInOracle: [], different: 0 });
}

/** The lines of the first table that the second lacks, or has less often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines
    .filter((line) => {
      const count = left.get(line) ?? 0;
      left.set(line, count - 1);
      return count <= 0;
    })
    .sort();
}
