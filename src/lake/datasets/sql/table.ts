import type { EventType } from '../../../domain/events';
import type { ColumnType } from '../../columns/table-definition';
import type { Dialect } from './dialect';
import { type Expression, isOneOf, type Sql } from './expression';
import type { Field } from './field';

/** What SQL is made of: the part of a dataset that says which rows it has. */
export interface SqlDataset {
  name: string;
  columns: readonly { name: string; type: ColumnType; nullable: boolean; value: Expression }[];
  /** absent: every type */
  eventTypes?: readonly EventType[] | undefined;
  /** a row for each line of an event, not one for the event */
  perLine?: boolean | undefined;
  /** which events have rows; absent: all of its types */
  where?: Sql | undefined;
  /** it has rows of events from before the settings, too */
  needsNoSettings?: boolean | undefined;
}

/** Whether it reads the JSON of events, so that its rows come from `parsed`; the others' come from `log`. */
export const readsJson = ({ columns }: SqlDataset): boolean =>
  columns.some(({ value }) => value.reads.length > 0 || value.readsKeys);

/** The fields that datasets read, each once. */
export function jsonFields(datasets: readonly SqlDataset[]): Field[] {
  const fields = new Map<string, Field>();
  for (const { columns } of datasets)
    for (const { value } of columns)
      for (const field of value.reads) fields.set(`${field.of} ${field.name}`, field);
  return [...fields.values()];
}

/**
 * A pattern that is found in JSON where one of some fields may have a value of a wrong type.
 * @param blank pattern of a character of white space, which also stands within brackets
 */
export function mistypedPattern(fields: readonly Field[], blank: string): string {
  const begins = { text: `[^"n${blank}]`, decimal: `[^"${blank}]`, number: `[^-0-9${blank}]` };
  const patterns = Object.entries(begins).flatMap(([is, wrong]) => {
    const names = [...new Set(fields.filter((field) => field.is === is).map(({ name }) => name))];
    return names.length === 0 ? [] : `"(?:${names.join('|')})"${blank}*:${blank}*${wrong}`;
  });
  return patterns.join('|');
}

/** Those of some datasets that ask which fields the JSON has. */
export const readingKeys = (datasets: readonly SqlDataset[]): SqlDataset[] =>
  datasets.filter(({ columns }) => columns.some(({ value }) => value.readsKeys));

/** The condition that an event is of a type of one of these datasets. */
export function isOfTypes(datasets: readonly SqlDataset[]): string {
  if (datasets.some(({ eventTypes }) => eventTypes === undefined)) return 'TRUE';
  return isOneOf([...new Set(datasets.flatMap(({ eventTypes = [] }) => eventTypes))]);
}

/**
 * A relation with the steps to the values of a dataset's columns.
 * @param of `event`: only those of columns that are the same for all lines
 */
export function withSteps(
  { columns }: SqlDataset,
  dialect: Dialect,
  relation: string,
  of: Expression['of'] = 'line',
): string {
  const all = columns.filter(({ value }) => value.of === 'event' || of === 'line');
  const steps = all.flatMap(({ value }) => value.steps ?? []);
  const named = new Set(steps.map(({ name, sql }) => `${sql(dialect)} AS ${name(dialect)}`));
  return named.size === 0 ? relation : `(SELECT *, ${[...named].join(', ')} FROM ${relation})`;
}

/** Selects the columns of a dataset. @param relation SQL with all that its expressions see but steps */
export function selectRows(dataset: SqlDataset, dialect: Dialect, relation: string): string {
  const values = dataset.columns.map(({ name, value }) => `${value.sql(dialect)} AS "${name}"`);
  return `SELECT ${values.join(',\n  ')}\nFROM ${withSteps(dataset, dialect, relation)}`;
}
