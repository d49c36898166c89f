/** Columns of floating point sums, which depend on the order of the rows. */
const STATISTICS = new Set(['mean', 'standard_deviation', 'z_score']);

/**
 * Rows as sorted lines that are equal for both targets, which write times, booleans and lists differently.
 */
export function sameText(rows: readonly Record<string, string | null>[]): string[] {
  return rows
    .map((row) =>
      Object.keys(row)
        .sort()
        .map(
          (name) =>
            `${name}=${STATISTICS.has(name) ? Number(row[name]).toFixed(9) : plain(row[name] ?? null)}`,
        )
        .join(' | '),
    )
    .sort();
}

function plain(value: string | null): string {
  if (value === null) return '-';
  if (/^(true|false)$/i.test(value)) return value.toLowerCase();
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(value)) return value.replace(/\+00$/, '').replace(/\.0+$/, '');
  return value.startsWith('[') ? value.replaceAll('"', '').replaceAll(', ', ',') : value;
}
