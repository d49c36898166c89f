import { type Period, toDate, yearBefore } from './dax-days';
import { type Column, type DaxModel, type FilterContext, filtersOf, type Value } from './dax-model';
import { type Expression, parseDax } from './dax-parser';

type Result = Value | Column;

interface Context extends FilterContext {
  /** by column: the row that is looked at */
  row: ReadonlyMap<string, Value>;
  variables: ReadonlyMap<string, Result>;
}

/**
 * Evaluates the part of DAX that measures of this project use, by the rules of its documentation. It is not
 * Power BI: what is here was written from those rules, and shows what a measure means, not that Power BI
 * takes it.
 * @returns what an expression is where each column of `choice` has one of the values
 * @throws Error for what is not DAX, or not known here
 */
export function daxEvaluator(model: DaxModel) {
  const { relationships, measures } = model;
  const { allValues, visibleValues, withFilter, withoutTable, withRelationship } = filtersOf(model);
  const measureOf = new Map(measures.map(({ name, dax }) => [name, parseDax(dax)]));

  return (expression: string, choice: Readonly<Record<string, readonly Value[]>> = {}): Value => {
    const filters = new Map(Object.entries(choice).map(([column, values]) => [column, new Set(values)]));
    for (const column of filters.keys()) allValues(column);
    return scalar(parseDax(expression), {
      filters,
      relations: relationships.filter(({ active }) => active),
      row: new Map(),
      variables: new Map(),
    });
  };

  function evaluate(expression: Expression, context: Context): Result {
    switch (expression.kind) {
      case 'value':
        return expression.value;
      case 'column': {
        const value = context.row.get(expression.column);
        if (value === undefined) throw new Error(`There is no row to take ${expression.column} of`);
        return value;
      }
      case 'measure': {
        const measure = measureOf.get(expression.measure);
        if (!measure) throw new Error(`There is no measure ${expression.measure}`);
        // A measure is evaluated as if CALCULATE stood around it, and knows no variable from outside.
        return evaluate(measure, { ...contextOfRow(context), variables: new Map() });
      }
      case 'variable': {
        const value = context.variables.get(expression.name);
        if (value === undefined) throw new Error(`There is no variable ${expression.name}`);
        return value;
      }
      case 'let': {
        const variables = new Map(context.variables);
        for (const { name, value } of expression.variables)
          variables.set(name, evaluate(value, { ...context, variables }));
        return evaluate(expression.result, { ...context, variables });
      }
      case 'not':
        return scalar(expression.of, context) !== true;
      case 'operation':
        return operation(expression, context);
      case 'call':
        return call(expression.name, expression.args, context);
      case 'table':
        throw new Error(`${expression.table} is no value`);
    }
  }

  function scalar(expression: Expression | undefined, context: Context): Value {
    const value = expression && evaluate(expression, context);
    if (value === undefined || isColumn(value)) throw new Error('A value is missing');
    return value;
  }

  function column(expression: Expression | undefined, context: Context): Column {
    const value = expression && evaluate(expression, context);
    if (value === undefined || !isColumn(value)) throw new Error('A table is missing');
    return value;
  }

  function operation({ operator, left, right }: Expression & { kind: 'operation' }, context: Context): Value {
    if (operator === 'IN') return column(right, context).values.includes(scalar(left, context));
    const a = scalar(left, context);
    if (operator === '&&') return a === true && scalar(right, context) === true;
    if (operator === '||') return a === true || scalar(right, context) === true;
    const b = scalar(right, context);
    switch (operator) {
      case '+':
        return a === null && b === null ? null : Number(a) + Number(b);
      case '-':
        return a === null && b === null ? null : Number(a) - Number(b);
      case '*':
        return a === null || b === null ? null : Number(a) * Number(b);
      default:
        return compare(operator, like(a, b), like(b, a));
    }
  }

  function call(name: string, args: Expression[], context: Context): Result {
    const [first, second, third] = args;
    const ofColumn = (): Value[] => visibleValues(columnName(first), context);
    const numbers = (): number[] => ofColumn().filter((value) => value !== null) as number[];
    switch (name) {
      case 'TRUE':
      case 'FALSE':
        return name === 'TRUE';
      case 'SUM':
        return orBlank(numbers(), (all) => all.reduce((sum, value) => sum + value, 0));
      case 'MIN':
        return orBlank(numbers(), (all) => Math.min(...all));
      case 'MAX':
        return orBlank(numbers(), (all) => Math.max(...all));
      case 'DISTINCTCOUNT':
        return orBlank([...new Set(ofColumn())], ({ length }) => length);
      case 'DISTINCTCOUNTNOBLANK':
        return orBlank([...new Set(numbers())], ({ length }) => length);
      case 'VALUES':
        return { column: columnName(first), values: [...new Set(ofColumn())] };
      case 'HASONEVALUE':
        return new Set(ofColumn()).size === 1;
      case 'COUNTROWS':
        return orBlank(column(first, context).values, ({ length }) => length);
      case 'FILTER': {
        const from = column(first, context);
        return {
          ...from,
          values: from.values.filter((value) => isTrueOf(second, from.column, value, context)),
        };
      }
      case 'DIVIDE': {
        const [over, under] = [scalar(first, context), scalar(second, context)];
        return over === null || !under ? null : Number(over) / Number(under);
      }
      case 'IF':
        if (scalar(first, context) === true) return scalar(second, context);
        return third === undefined ? null : scalar(third, context);
      case 'ISBLANK':
        return scalar(first, context) === null;
      case 'CALCULATE':
        return scalar(first, changed(args.slice(1), context));
      case 'CALCULATETABLE':
        return column(first, changed(args.slice(1), context));
      case 'SAMEPERIODLASTYEAR': {
        const dates = columnName(first);
        const visible = visibleValues(dates, contextOfRow(context)) as string[];
        return { column: dates, values: yearBefore(visible, allValues(dates) as string[]) };
      }
      case 'TOTALMTD':
      case 'TOTALQTD':
      case 'TOTALYTD': {
        const dates = columnName(second);
        const visible = visibleValues(dates, contextOfRow(context)) as string[];
        const days = toDate(name.slice(5) as Period, visible, allValues(dates) as string[]);
        return scalar(first, withFilter(contextOfRow(context), { column: dates, values: days }));
      }
      default:
        throw new Error(`${name} is not known here`);
    }
  }

  /**
   * The context in which CALCULATE evaluates: the row becomes filters, then filters are taken away, then the
   * new ones are set.
   */
  function changed(modifiers: readonly Expression[], context: Context): Context {
    let next = contextOfRow(context);
    const added: { of: Column; keep: boolean }[] = [];
    for (const modifier of modifiers) {
      const { name = '', args = [] } = modifier.kind === 'call' ? modifier : {};
      const [first, ...others] = args;
      if (name === 'USERELATIONSHIP') {
        next = withRelationship(next, columnName(first), columnName(others[0]));
      } else if (name === 'REMOVEFILTERS' || name === 'ALLEXCEPT') {
        if (first?.kind !== 'table') throw new Error(`${name} wants a table`);
        next = withoutTable(next, first.table, others.map(columnName));
      } else {
        const keep = name === 'KEEPFILTERS';
        added.push({ of: filterOf(keep && first ? first : modifier, context), keep });
      }
    }
    for (const { of, keep } of added) next = withFilter(next, of, keep);
    return next;
  }

  /** A table as it is; of a condition, all values of its one column for which it is true. */
  function filterOf(expression: Expression, context: Context): Column {
    if (
      expression.kind === 'call' &&
      /^(FILTER|VALUES|CALCULATETABLE|SAMEPERIODLASTYEAR)$/.test(expression.name)
    )
      return column(expression, context);
    const [of, ...others] = new Set(columnsIn(expression));
    if (of === undefined || others.length > 0) throw new Error('A condition is about one column');
    const values = [...new Set(allValues(of))];
    return { column: of, values: values.filter((value) => isTrueOf(expression, of, value, context)) };
  }

  function isTrueOf(condition: Expression | undefined, of: string, value: Value, context: Context): boolean {
    return scalar(condition, { ...context, row: new Map([...context.row, [of, value]]) }) === true;
  }

  function columnName(expression: Expression | undefined): string {
    if (expression?.kind !== 'column') throw new Error('A column is missing');
    allValues(expression.column);
    return expression.column;
  }
}

/** The row that is looked at, as filters: each of its columns has its one value. */
const contextOfRow = (context: Context): Context => ({
  ...context,
  filters: new Map([
    ...context.filters,
    ...[...context.row].map(([column, value]) => [column, new Set([value])] as const),
  ]),
  row: new Map(),
});

const isColumn = (result: Result): result is Column => typeof result === 'object' && result !== null;
const orBlank = <T>(values: readonly T[], of: (values: readonly T[]) => number): Value =>
  values.length === 0 ? null : of(values);

/** BLANK compares as the zero, the empty text or FALSE of what it is compared with. */
function like(value: Value, other: Value): Exclude<Value, null> {
  if (value !== null) return value;
  if (typeof other === 'string') return '';
  return typeof other === 'boolean' ? false : 0;
}

function compare(operator: string, a: Exclude<Value, null>, b: Exclude<Value, null>): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`${operator} is not known here`);
  }
}

function columnsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'column':
      return [expression.column];
    case 'not':
      return columnsIn(expression.of);
    case 'operation':
      return [...columnsIn(expression.left), ...columnsIn(expression.right)];
    case 'call':
      return expression.args.flatMap(columnsIn);
    default:
      return [];
  }
}
