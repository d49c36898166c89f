/** The columns that a file of rejected rows has before those of the original. */
export const REJECT_COLUMNS = ['row_number', 'document_id', 'reject_reason'] as const;

const isBlank = (cell: string): boolean => cell.trim() === '';
const filled = (cells: readonly string[]): string[] => cells.filter((cell) => !isBlank(cell));

/**
 * Finds the header among the first rows of a file: the first row, except where that and others before the
 * header are certainly a title, a date range or the like. Then they have at most half as many cells, the rows
 * below have as many as the header, and the header has names only.
 * @returns an index of `rows`
 */
export function findHeader(rows: readonly (readonly string[])[]): number {
  let most = 0;
  for (const [i, cells] of rows.entries()) {
    const names = filled(cells);
    if (i > 0 && names.length >= 3 && names.length >= 2 * most && isHeader(cells, names))
      return fits(rows, i) ? i : 0;
    most = Math.max(most, names.length);
  }
  return 0;
}

function isHeader(cells: readonly string[], names: readonly string[]): boolean {
  return (
    names.length >= 0.8 * cells.length &&
    new Set(names).size >= 0.8 * names.length &&
    !names.some((name) => /^\s*[-+(]?\p{Sc}?\d/u.test(name))
  );
}

/** Whether the rows below a header have as many cells. */
function fits(rows: readonly (readonly string[])[], header: number): boolean {
  const below = rows.slice(header + 1);
  const wide = below.filter((cells) => cells.length === rows[header]?.length);
  return below.length > 0 && wide.length >= 0.8 * below.length;
}

/** Whether a header is that of a file of rejected rows. */
export function isRejectsHeader(header: readonly string[]): boolean {
  return REJECT_COLUMNS.every((name, i) => header[i]?.trim() === name);
}
