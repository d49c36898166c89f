import type { EventType } from '../../../domain/events';
import { amountOf, type Minor, minorOf } from './amounts';
import { exchangeRate, priceOf } from './decimals';
import { constant } from './envelope';
import { type Check, check, type Expression, literal, type Sql } from './expression';
import {
  type AnyLineNumberField,
  columnOf,
  type Field,
  type LineNumberField,
  type LineTextField,
  type NumberField,
  type TextField,
} from './field';

/** One of some texts, by the type of the event. */
export function named<T extends EventType>(types: readonly T[], nameOf: (type: T) => string): Expression {
  const whens = types.map((type) => ` WHEN ${literal(type)} THEN ${literal(nameOf(type))}`);
  return constant(`CASE type${whens.join('')} END`);
}

/** The fields of events of some types: an expression of them is null for other types. */
export function fieldsOf<T extends EventType>(types: readonly T[]) {
  const of = (expression: Expression): Expression => ({ ...expression, types });
  return {
    types,
    text: (name: TextField<T>) => of(textOf(eventField(name, 'text'))),
    number: (name: NumberField<T>): Minor => minorOf(eventField(name, 'number')),
    amount: (name: NumberField<T>) => of(amountOf(minorOf(eventField(name, 'number')))),
    /** An instant, in the JSON as Unix milliseconds. */
    time: (name: NumberField<T>) => of(timeOf(eventField(name, 'number'))),
    /** A unit price. */
    price: (name: TextField<T>) => of(priceOf(eventField(name, 'decimal'))),
    exchangeRate: () => of(exchangeRate),
    currencyDigits: (name: TextField<T>) => of(digitsOf(eventField(name, 'text'))),
    /** Which of some fields the event has, null or not. */
    present: (names: readonly TextField<T>[]) => of(presentOf(names)),
    line: {
      text: (name: LineTextField<T>) => of(textOf(lineField(name, 'text'))),
      int: (name: LineNumberField<T>) => of(intOf(lineField(name, 'number'))),
      number: (name: LineNumberField<T>): Minor => minorOf(lineField(name, 'number')),
      /** A number that not all of these types have. */
      optional: (name: AnyLineNumberField<T>): Minor => minorOf(lineField(name, 'number')),
      price: (name: LineTextField<T>) => of(priceOf(lineField(name, 'decimal'))),
    },
    /** A text of each line, as a list. */
    ofLines: (name: LineTextField<T>) => of(listOf(lineField(name, 'text'))),
  };
}

const eventField = (name: string, is: Field['is']): Field => ({ name, of: 'event', is });
const lineField = (name: string, is: Field['is']): Field => ({ name, of: 'line', is });

const plain = (field: Field): Expression & Required<Pick<Expression, 'given'>> => ({
  sql: () => columnOf(field),
  given: () => `${columnOf(field)} IS NOT NULL`,
  checks: [],
  of: field.of,
  reads: [field],
});

const textOf = (field: Field): Expression => plain(field);

const INT_RANGE = '-2147483648 AND 2147483647';

function intOf(field: Field): Expression {
  const number = columnOf(field);
  return {
    ...plain(field),
    sql: (d) => d.int(number),
    typed: [
      check(
        () => `(${number} IS NULL OR (floor(${number}) = ${number} AND ${number} BETWEEN ${INT_RANGE}))`,
        (d) => d.number(number),
      ),
    ],
  };
}

function timeOf(field: Field): Expression {
  const at = columnOf(field);
  return {
    ...plain(field),
    sql: (d) => d.instant(d.microseconds(at)),
    typed: [
      check(
        () => `(${at} IS NULL OR (floor(${at} * 1000) = ${at} * 1000 AND abs(${at}) < 9.2e15))`,
        (d) => d.number(at),
      ),
    ],
  };
}

function listOf(field: Field): Expression {
  const list: Sql = (d) => d.ofLines(field.name);
  return {
    ...plain(field),
    sql: list,
    given: () => 'lines IS NOT NULL',
    checks: [linesAreThere],
    typed: [
      check(
        (d) => `NOT (${d.hasNull(list(d))})`,
        (d) => d.json(list(d)),
      ),
    ],
    of: 'event',
  };
}

/** An event without its lines would have no rows, and nobody would know. */
export const linesAreThere: Check = check(
  () => 'lines IS NOT NULL',
  () => `'lines is missing'`,
);

const presentOf = (names: readonly string[]): Expression => ({
  ...constant(''),
  sql: (d) => d.present(names),
  given: () => 'keys IS NOT NULL',
  readsKeys: true,
});

function digitsOf(field: Field): Expression {
  const currency = columnOf(field);
  const digits: Sql = (d) => d.digitsOf(currency);
  return {
    ...plain(field),
    sql: digits,
    checks: [
      check(
        (d) => `${digits(d)} IS NOT NULL`,
        () => `coalesce(${currency}, 'undefined') || ' is no currency'`,
      ),
    ],
  };
}

/** Texts that are one after the other. */
export const joined = (...parts: (Expression | string)[]): Expression => {
  const expressions = parts.filter((part) => typeof part !== 'string');
  return {
    ...constant(''),
    sql: (d) => parts.map((part) => (typeof part === 'string' ? literal(part) : part.sql(d))).join(' || '),
    given: (d) => expressions.flatMap(({ given }) => given?.(d) ?? []).join(' AND '),
    reads: expressions.flatMap(({ reads }) => reads),
  };
};
