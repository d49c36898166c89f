import type { ModelTable } from './model';

/** The name of a column for people: `order_id` becomes Order ID. */
export function caption(column: string): string {
  const words = column.replaceAll('_', ' ').replace(/\bid\b/g, 'ID');
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

/** The name of a table in Power BI, and in Snowflake, which writes unquoted names in capitals. */
export const tableName = (name: string): string => name.toUpperCase();

/**
 * A column as DAX writes it.
 * @throws Error when the table has no such column
 */
export function dax(table: ModelTable, column: string): string {
  if (!table.columns.some(({ name }) => name === column)) {
    throw new Error(`${table.name} has no column ${column}`);
  }
  return `'${table.name}'[${caption(column)}]`;
}
