import type { Dialect } from '../model/dialect';
import type { WarehouseTable, WarehouseView } from '../model/table';
import type { Statement } from './statement';

/** The comment clause of a column, for dialects that take it within the statement. */
export const commentWithin = ({ comments, literal }: Dialect, doc: string): string =>
  comments === 'within' ? ` COMMENT ${literal(doc)}` : '';

/** The comment clause of a table or view, for dialects that take it within the statement. */
export const objectCommentWithin = ({ comments, literal }: Dialect, doc: string): string =>
  comments === 'within' ? ` COMMENT = ${literal(doc)}` : '';

/** The comments as statements of their own, for dialects that take them after the table or view. */
export const commentOn = (
  dialect: Dialect,
  kind: 'TABLE' | 'VIEW',
  object: Pick<WarehouseTable | WarehouseView, 'name' | 'doc' | 'columns'>,
): Statement[] => (dialect.comments === 'behind' ? commentStatements(dialect, kind, object) : []);

/** COMMENT ON for a table or view and each column. Snowflake refuses it for the columns of a view. */
export const commentStatements = (
  { literal }: Pick<Dialect, 'literal'>,
  kind: 'TABLE' | 'VIEW',
  { name, doc, columns }: Pick<WarehouseTable | WarehouseView, 'name' | 'doc' | 'columns'>,
): Statement[] => [
  {
    kind: 'comment',
    object: name,
    label: `comment ${name}`,
    sql: `COMMENT ON ${kind} ${name} IS ${literal(doc)}`,
  },
  ...columns.map(
    (column): Statement => ({
      kind: 'comment',
      object: name,
      label: `comment ${name}.${column.name}`,
      sql: `COMMENT ON COLUMN ${name}.${column.name} IS ${literal(column.doc)}`,
    }),
  ),
];
