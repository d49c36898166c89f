import type { ModelTable } from './model';

/** A column's name for people: `order_id` is Order ID. */
export function caption(column: string): string {
  const words = column.replaceAll('_', ' ').replace(/\bid\b/g, 'ID');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

/** A table's name in Power BI, and in Snowflake, which has unquoted names in capitals. */
export const tableName = (name: string): string => name.toUpperCase();

/**
 * A column as DAX names it.
 * @throws Error when the table has no such column
 */
export function dax(table: ModelTable, column: string): string {
  if (!table.columns.some(({ name }) => name === column)) {
    throw new Error(`${table.name} has no column ${column}`);
  }
  return `'${table.name}'[${caption(column)}]`;
}
