import type { DescribedTable } from '../target/described-tables';
import { describedTables } from '../target/described-tables';
import { loadOf } from './load-name';
import { records } from './statement-result';
import { type SnowflakeWarehouseOptions, withConnection } from './with-snowflake';

const COLUMNS = `
SELECT LOWER(t.table_name) AS table_name, t.table_type, t.comment AS table_comment, LOWER(c.column_name) AS column_name, c.data_type,
       c.numeric_precision, c.numeric_scale, c.is_nullable, c.comment AS column_comment
  FROM information_schema.tables t
  JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
 WHERE t.table_schema = CURRENT_SCHEMA()
 ORDER BY CASE WHEN t.table_type = 'VIEW' THEN 1 ELSE 0 END, 1, c.ordinal_position`;

/** Tables and views of the schema. Tables of loads under way are left out. @throws SnowflakeError */
export function describeSnowflake(options: SnowflakeWarehouseOptions): Promise<DescribedTable[]> {
  return withConnection(options, async (connection) => {
    const rows = records(await connection.execute(COLUMNS));
    return describedTables(
      rows
        .filter(({ table_name }) => loadOf(table_name as string) === undefined)
        .map((row) => ({
          name: row.table_name as string,
          kind: row.table_type === 'VIEW' ? 'view' : 'table',
          comment: row.table_comment ?? null,
          column: row.column_name as string,
          type: typeOf(row),
          nullable: row.is_nullable === 'YES',
          columnComment: row.column_comment ?? null,
        })),
    );
  });
}

function typeOf({ data_type, numeric_precision, numeric_scale }: Record<string, string | null>): string {
  return data_type === 'NUMBER' ? `NUMBER(${numeric_precision}, ${numeric_scale})` : (data_type as string);
}
