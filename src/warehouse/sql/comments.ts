import type { Dialect } from '../model/dialect';
import type { WarehouseTable, WarehouseView } from '../model/table';
import type { Statement } from './statement';

/** What a column is, for its line in the statement that makes it. */
export const commentWithin = ({ comments, literal }: Dialect, doc: string): string =>
  comments === 'within' ? ` COMMENT ${literal(doc)}` : '';

/** What a table or view is, for the end of the statement that makes it. */
export const objectCommentWithin = ({ comments, literal }: Dialect, doc: string): string =>
  comments === 'within' ? ` COMMENT = ${literal(doc)}` : '';

/** The same in statements behind it, where the dialect wants that. */
export const commentOn = (
  dialect: Dialect,
  kind: 'TABLE' | 'VIEW',
  object: Pick<WarehouseTable | WarehouseView, 'name' | 'doc' | 'columns'>,
): Statement[] => (dialect.comments === 'behind' ? commentStatements(dialect, kind, object) : []);

/** COMMENT ON for a table or view and each column. Snowflake does not take those of a view's columns. */
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
