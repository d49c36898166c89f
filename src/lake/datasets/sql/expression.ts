import type { EventType } from '../../../domain/events';
import type { Dialect } from './dialect';
import type { Field } from './field';

export type Sql = (dialect: Dialect) => string;

/** Something that may be wrong with a value. */
export interface Check {
  /** it concerns events of these types only; absent: all of the dataset */
  types?: readonly EventType[];
  /**
   * A quick condition that holds of nearly every event. Where it does not, or is null, `reason` decides; so
   * it may be stricter than that.
   */
  fits: Sql;
  /** Why the value does not fit, as a text for people; null when it does. Only asked where `fits` fails. */
  reason: Sql;
}

/**
 * A value on the way to that of a column, which is worked out once a row. Engines plan an expression as often
 * as it is written, and planning is much of the work of a small window.
 */
export interface Step {
  /** in quotes */
  name: Sql;
  /** reads no other step */
  sql: Sql;
}

/** The value of a column, in SQL that never fails: a value that does not fit is null. */
export interface Expression {
  sql: Sql;
  /** a quick condition for a value that is not null; absent: it never is */
  given?: Sql;
  /** what may be wrong with the value, beside that it is missing; looked at in this order */
  checks: readonly Check[];
  /** Say that the value is not of its column's type. Here `reason` gives the value as JSON. */
  typed?: readonly Check[];
  /** `event`: the same for all lines of an event */
  of: 'event' | 'line';
  /** what it reads of the event's JSON */
  reads: readonly Field[];
  /** what it reads by name; a quick condition reads none, and `given` only that of a nullable column */
  steps?: readonly Step[];
  /** it asks which fields the JSON has */
  readsKeys?: boolean;
  /** the event types that have it; it is null for others. Absent: all types of the dataset */
  types?: readonly EventType[];
}

/** A text as SQL. @param text without quotes and backslashes */
export const literal = (text: string): string => `'${text}'`;

export const isOneOf = (types: readonly string[]): string =>
  types.length === 1 ? `type = ${literal(String(types[0]))}` : `type IN (${types.map(literal).join(', ')})`;

/** A check whose reason is given exactly where its condition fails. */
export function check(fits: Sql, reason: Sql): Check {
  return { fits, reason: (d) => `CASE WHEN (${fits(d)}) IS NOT TRUE THEN ${reason(d)} END` };
}

/** The reason that a check gives, with regard to the type of the event. */
export function reasonOf({ types, reason }: Check, d: Dialect): string {
  return types ? `CASE WHEN ${isOneOf(types)} THEN ${reason(d)} END` : reason(d);
}

/** The same expression for events of some types, and null for others. */
export function onlyFor(types: readonly EventType[], expression: Expression): Expression {
  const when = isOneOf(types);
  const { sql, given, checks, typed } = expression;
  const guarded = (some: readonly Check[]) => some.map((each) => ({ types, ...each }));
  return {
    ...expression,
    types: undefined,
    sql: (d) => `CASE WHEN ${when} THEN ${sql(d)} END`,
    given: (d) => (given ? `(${when} AND ${given(d)})` : `(${when})`),
    checks: guarded(checks),
    ...(typed && { typed: guarded(typed) }),
  };
}

/**
 * A value that each event type has in its own way. A type that is missing here is a compile error; null: it
 * has none.
 */
export function byType<T extends EventType>(cases: Record<T, Expression | null>): Expression {
  const entries = Object.entries(cases) as [T, Expression | null][];
  const guarded = entries.flatMap(([type, value]) => (value ? [onlyFor([type], value)] : []));
  const always = entries.every(([, value]) => value !== null && value.given === undefined);
  return {
    sql: (d) => {
      const whens = entries.map(([type, value]) =>
        value ? ` WHEN ${literal(type)} THEN ${value.sql(d)}` : '',
      );
      return `CASE type${whens.join('')} END`;
    },
    ...(!always && { given: (d) => `(${guarded.map(({ given }) => given?.(d)).join(' OR ')})` }),
    checks: guarded.flatMap(({ checks }) => checks),
    typed: guarded.flatMap(({ typed = [] }) => typed),
    of: guarded.some(({ of }) => of === 'line') ? 'line' : 'event',
    reads: guarded.flatMap(({ reads }) => reads),
    steps: guarded.flatMap(({ steps = [] }) => steps),
  };
}
