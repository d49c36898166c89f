import {
  boolArray,
  dateArray,
  dateBytes,
  int4Array,
  int8Array,
  numericArray,
  textArray,
  timestamptzArray,
} from './columns';
import type { CopyBuffer } from './copy-buffer';

/**
 * Tables declared once: the texts of statements, their binary parameters and the types of rows derive from
 * the declaration.
 */

/** What a column takes (`Write`), and what node-postgres reads from it (`Read`). */
export interface ColumnType<Read = unknown, Write = never> {
  /** SQL type, as PostgreSQL's catalogue names it */
  readonly sql: string;
  /** SQL type of a parameter's elements where another is handed in */
  readonly parameter?: string;
  readonly nullable: boolean;
  /** Makes the parameter that `unnest` takes apart. */
  toArray(values: readonly Write[]): Buffer;
  /** Writes a value that is not null into a row for COPY. */
  copy(row: CopyBuffer, value: Write): void;
  /** Never set: it carries the type. */
  readonly reads?: Read;
}

export const text: ColumnType<string, string> = {
  sql: 'text',
  nullable: false,
  toArray: textArray,
  copy: (row, value) => row.text(value),
};
export const bool: ColumnType<boolean, boolean> = {
  sql: 'bool',
  nullable: false,
  toArray: boolArray,
  copy: (row, value) => row.bool(value),
};
export const int4: ColumnType<number, number> = {
  sql: 'int4',
  nullable: false,
  toArray: int4Array,
  copy: (row, value) => row.int4(value),
};
/** As a parameter it is written as int4, which PostgreSQL makes smaller. */
export const int2: ColumnType<number, number> = {
  ...int4,
  sql: 'int2',
  parameter: 'int4',
  copy: (row, value) => row.int2(value),
};
/** Read as a decimal string, because a number may not hold it. */
export const int8: ColumnType<string, number | bigint> = {
  sql: 'int8',
  nullable: false,
  toArray: int8Array,
  copy: (row, value) => row.int8(value),
};
/** Whole numbers are written; any number is read, as a decimal string. */
export const numeric: ColumnType<string, number | bigint> = {
  sql: 'numeric',
  nullable: false,
  toArray: numericArray,
  copy: (row, value) => row.numeric(value),
};
/** Written as Unix milliseconds. */
export const timestamptz: ColumnType<Date, number> = {
  sql: 'timestamptz',
  nullable: false,
  toArray: timestamptzArray,
  copy: (row, value) => row.timestamptz(value),
};
/** A day, `YYYY-MM-DD`. Statements read it as text. */
export const date: ColumnType<string, string> = {
  sql: 'date',
  nullable: false,
  toArray: dateArray,
  copy: (row, value) => row.binary(dateBytes(value)),
};

/** A column of some of the texts. */
export const oneOf = <T extends string>(): ColumnType<T, T> => text as ColumnType<T, T>;

export const nullable = <Read, Write>(
  column: ColumnType<Read, Write>,
): ColumnType<Read | null, Write | null> =>
  ({ ...column, nullable: true }) as ColumnType<Read | null, Write | null>;

/** Columns by name, in the order of the table. */
export type Columns = Readonly<Record<string, ColumnType>>;

export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
}

/** A row as node-postgres reads it. */
export type Row<C extends Columns> = {
  [Name in keyof C]: C[Name] extends ColumnType<infer Read, never> ? Read : never;
};

type Written<C> = C extends { toArray(values: readonly (infer Write)[]): Buffer } ? Write : never;

/** Where the value of each column comes from. */
export type Sources<C extends Columns, Item> = {
  readonly [Name in keyof C]: (item: Item) => Written<C[Name]>;
};

/** Some of the columns, in this order. */
export function pick<C extends Columns, Name extends keyof C & string>(
  columns: C,
  ...names: readonly Name[]
): Pick<C, Name> {
  return Object.fromEntries(names.map((name) => [name, columns[name]])) as Pick<C, Name>;
}

/** The columns but these, in the order of the table. */
export function omit<C extends Columns, Name extends keyof C & string>(
  columns: C,
  ...names: readonly Name[]
): Omit<C, Name> {
  const left = Object.entries(columns).filter(([name]) => !(names as readonly string[]).includes(name));
  return Object.fromEntries(left) as Omit<C, Name>;
}

/** `a, b`; with an alias `t.a, t.b` */
export const namesOf = (columns: Columns, alias?: string): string =>
  Object.keys(columns)
    .map((name) => (alias === undefined ? name : `${alias}.${name}`))
    .join(', ');

/** `unnest($1::text[], $2::int4[])`: a row for each item of `parametersOf` the same columns. */
export const unnest = (columns: Columns): string =>
  `unnest(${Object.values(columns)
    .map(({ sql, parameter = sql }, index) => `$${index + 1}::${parameter}[]`)
    .join(', ')})`;

/** `unnest(...) AS alias(a, b)` */
export const unnestAs = (alias: string, columns: Columns): string =>
  `${unnest(columns)} AS ${alias}(${namesOf(columns)})`;

/** `INSERT INTO table AS t (a, b) SELECT * FROM unnest(...)`, of some of its columns or of all */
export const insert = ({ name, columns }: Table, some: Columns = columns): string =>
  `INSERT INTO ${name} AS t (${namesOf(some)}) SELECT * FROM ${unnest(some)}`;

/** `a = excluded.a, b = excluded.b`: what an upsert sets */
export const setExcluded = (columns: Columns): string =>
  Object.keys(columns)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');

/** `a = t.a + excluded.a`: what an upsert adds */
export const addExcluded = (columns: Columns): string =>
  Object.keys(columns)
    .map((name) => `${name} = t.${name} + excluded.${name}`)
    .join(', ');

/** The parameters of a statement that unnests these columns: one binary array a column. */
export function parametersOf<C extends Columns, Item>(
  columns: C,
  items: readonly Item[],
  sources: Sources<C, Item>,
): Buffer[] {
  return Object.keys(columns).map((name) =>
    (columns[name] as ColumnType<unknown, unknown>).toArray(items.map((item) => sources[name]?.(item))),
  );
}
