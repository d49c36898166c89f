/** null is BLANK; a day is `YYYY-MM-DD`. */
export type Value = number | string | boolean | null;

export interface DaxTable {
  name: string;
  columns: readonly string[];
  rows: readonly Readonly<Record<string, Value>>[];
}

export interface DaxRelationship {
  from: { table: string; column: string };
  to: { table: string; column: string };
  active: boolean;
}

export interface DaxModel {
  tables: readonly DaxTable[];
  relationships: readonly DaxRelationship[];
  measures: readonly { name: string; dax: string }[];
  /** the day of the table that is marked as the date table, as `table[column]` */
  day: string;
}

/** By `table[column]`: the values that are let through. */
export type Filters = ReadonlyMap<string, ReadonlySet<Value>>;

/** By `table[column]`. */
export interface Column {
  column: string;
  values: readonly Value[];
}

/** What a value is evaluated in: which rows can be seen. */
export interface FilterContext {
  filters: Filters;
  /** those that are active here */
  relations: readonly DaxRelationship[];
}

/**
 * How filters reach the rows of a model: from each table along its active relationships to the tables that
 * refer to it.
 */
export function filtersOf({ tables, relationships, day }: DaxModel) {
  const tableOf = new Map(tables.map((table) => [table.name, table]));
  return { allValues, visibleValues, withFilter, withoutTable, withRelationship };

  /** A filter in place of the one that the column has, or with it. */
  function withFilter<C extends FilterContext>(context: C, { column: of, values }: Column, keep = false): C {
    const filters = new Map(context.filters);
    const before = filters.get(of);
    // A filter of the days of the marked date table takes the place of all filters of that table.
    if (of === day && !keep) {
      for (const name of filters.keys()) if (tableName(name) === tableName(day)) filters.delete(name);
    }
    filters.set(of, new Set(keep && before ? values.filter((value) => before.has(value)) : values));
    return { ...context, filters };
  }

  function visibleValues(of: string, context: FilterContext): Value[] {
    const name = nameOf(of);
    return visibleRows(tableName(of), context).map((row) => row[name] ?? null);
  }

  function visibleRows(table: string, { filters, relations }: FilterContext): DaxTable['rows'] {
    const own = [...filters]
      .filter(([name]) => tableName(name) === table)
      .map(([name, values]) => ({ name: nameOf(name), values }));
    const above = relations
      .filter(({ from, to }) => from.table === table && isFiltered(to.table, { filters, relations }))
      .map(({ from, to }) => {
        const rows = visibleRows(to.table, { filters, relations });
        return { name: from.column, values: new Set(rows.map((row) => row[to.column] ?? null)) };
      });
    const limits = [...own, ...above];
    return find(table).rows.filter((row) =>
      limits.every(({ name, values }) => values.has(row[name] ?? null)),
    );
  }

  function isFiltered(table: string, { filters, relations }: FilterContext): boolean {
    const tables = expanded(table, relations);
    return [...filters.keys()].some((name) => tables.has(tableName(name)));
  }

  /** A table and all that filter it. */
  function expanded(table: string, relations: readonly DaxRelationship[]): Set<string> {
    const above = relations.filter(({ from }) => from.table === table);
    return new Set([table, ...above.flatMap(({ to }) => [...expanded(to.table, relations)])]);
  }

  /** The relationship between two columns in place of the active one between their tables. */
  function withRelationship<C extends FilterContext>(context: C, one: string, other: string): C {
    const found = relationships.find(
      ({ from, to }) => `${from.table}[${from.column}]` === one && `${to.table}[${to.column}]` === other,
    );
    if (!found) throw new Error(`${one} and ${other} are not related`);
    const others = context.relations.filter(
      ({ from, to }) => from.table !== found.from.table || to.table !== found.to.table,
    );
    return { ...context, relations: [...others, found] };
  }

  /** Without the filters of a table, and of all that filter it. */
  function withoutTable<C extends FilterContext>(context: C, table: string, kept: readonly string[]): C {
    const tables = expanded(table, context.relations);
    const filters = [...context.filters].filter(
      ([name]) => kept.includes(name) || !tables.has(tableName(name)),
    );
    return { ...context, filters: new Map(filters) };
  }

  function allValues(of: string): Value[] {
    const name = nameOf(of);
    return find(tableName(of)).rows.map((row) => row[name] ?? null);
  }

  function find(table: string): DaxTable {
    const found = tableOf.get(table);
    if (!found) throw new Error(`There is no table ${table}`);
    return found;
  }

  /** @throws Error when there is no such column */
  function nameOf(of: string): string {
    const name = of.slice(of.indexOf('[') + 1, -1);
    if (!find(tableName(of)).columns.includes(name)) throw new Error(`There is no column ${of}`);
    return name;
  }
}

const tableName = (column: string): string => column.slice(0, column.indexOf('['));
