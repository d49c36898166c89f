/** A table or view, as the catalogue of the warehouse describes it. */
export interface DescribedTable {
  name: string;
  kind: 'table' | 'view';
  comment: string | null;
  columns: readonly { name: string; type: string; nullable: boolean; comment: string | null }[];
}

/** One column of a table or view. Rows come in the order of tables, then columns. */
export interface DescribedRow {
  name: string;
  kind: 'table' | 'view';
  comment: string | null;
  column: string;
  type: string;
  nullable: boolean;
  columnComment: string | null;
}

export function describedTables(rows: readonly DescribedRow[]): DescribedTable[] {
  const found = new Map<string, DescribedTable & { columns: DescribedTable['columns'][number][] }>();
  for (const { name, kind, comment, column, type, nullable, columnComment } of rows) {
    const table = found.get(name) ?? { name, kind, comment: comment || null, columns: [] };
    table.columns.push({ name: column, type, nullable, comment: columnComment || null });
    found.set(name, table);
  }
  return [...found.values()];
}
