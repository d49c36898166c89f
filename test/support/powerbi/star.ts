import { daysOf } from '../../../src/warehouse/model/date.dimension';
import { measures } from '../../../src/warehouse/powerbi/measures';
import type { ColumnOf, ModelTable } from '../../../src/warehouse/powerbi/model';
import { caption, tableName } from '../../../src/warehouse/powerbi/names';
import { relationships } from '../../../src/warehouse/powerbi/relationships';
import { date, modelTables, orders } from '../../../src/warehouse/powerbi/tables';
import { daxEvaluator } from './dax-evaluator';
import type { Value } from './dax-model';

/** By the names of the warehouse; columns that are left out are null. */
export type Row = Readonly<Record<string, Value>>;

/**
 * The measures over rows of the warehouse.
 * @param rows by table; without days those of the years of the orders. Tables that Power BI makes itself come
 *   from the facts
 */
export function overStar(rows: Readonly<Record<string, readonly Row[]>>) {
  const has = (table: string): readonly Row[] => rows[table] ?? [];
  const years = new Set(has(orders.name).map((row) => Math.floor(Number(row.date_key) / 10_000)));
  const days = [...years].flatMap((year) => daysOf(year, []));
  const different = (of: readonly string[], column: string): Row[] => {
    const values = of.flatMap((table) => has(table).map((row) => row[column] ?? null));
    return [...new Set(values)].map((value) => ({ [column]: value }));
  };
  const rowsOf = ({ name, source }: ModelTable): readonly Row[] => {
    if (source.kind !== 'values') return rows[name] ?? (name === date.name ? days : []);
    const tables = source.of.map((table) => tableName(table.name));
    return different(tables, source.column);
  };
  const captioned = ({ table, column }: ColumnOf) => ({ table, column: caption(column) });
  return daxEvaluator({
    tables: modelTables.map((table) => ({
      name: table.name,
      columns: table.columns.map((column) => caption(column.name)),
      rows: rowsOf(table).map((row) =>
        Object.fromEntries(Object.entries(row).map(([column, value]) => [caption(column), value])),
      ),
    })),
    relationships: relationships.map(({ from, to, active }) => ({
      from: captioned(from),
      to: captioned(to),
      active,
    })),
    measures,
    day: 'DIM_DATE[Date]',
  });
}
