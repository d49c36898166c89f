import type { GraphQLInputType } from 'graphql';
import { isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { Random } from '../../src/ingest/simulator/random';

/** Values that have broken programs before, whatever type was asked for. */
const HOSTILE: readonly unknown[] = [
  null,
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e\u200b',
  'cafe\u0301',
  '__proto__',
  'constructor',
  '{"a":1}',
  "'; drop table orders; --",
  '%s%n\\',
  '🦆'.repeat(50),
  'x'.repeat(201),
  'x'.repeat(70_000),
  0,
  -0,
  -1,
  0.1,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e-308,
  true,
  [],
  {},
  [[[[[]]]]],
  { __typename: 'x', a: { a: { a: {} } } },
];

const AMOUNTS = [
  '0',
  '1',
  '7.50',
  '0.00',
  '5.000',
  '1e3',
  '-1',
  '.5',
  '1,5',
  '99999999999',
  '0.0001',
  'NaN',
  '١',
];
const TIMES = [
  '2026-03-01T00:30:00Z',
  '2026-02-29T00:00:00Z',
  '2024-02-29T23:59:60Z',
  '1969-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59+14:00',
  '0000-01-01T00:00:00Z',
  '2026-10-25T02:30:00+02:00',
  '2026-01-01',
  'yesterday',
];
const DAYS = ['2026-03-01', '2026-02-30', '0001-01-01', '9999-12-31', '20260301', ''];
const TEXTS = [
  'EUR',
  'JPY',
  'GBP',
  'XXX',
  'eur',
  'DE',
  'Kitchen',
  'Kitchen ',
  'Champions',
  'ada',
  'Blue mug',
];
const WHOLE = [1, 2, 3, 10, 1000, 1001, 0, -5, 2 ** 31 - 1];

/** Few ids, so that commands meet the streams that others wrote, and the store stays small. */
const idOf = (random: Random, name: string): string =>
  `${name.slice(0, 3)}-${random.between(1, name === 'idempotencyKey' ? 100_000 : 400)}`;

/**
 * A value for an argument or an input field, mostly of its type, as JSON would bring it; undefined: leave it
 * out.
 */
export function valueFor(type: GraphQLInputType, name: string, random: Random, depth = 0): unknown {
  if (isNonNullType(type)) return random.chance(0.01) ? undefined : given(type.ofType, name, random, depth);
  return random.chance(0.5) ? undefined : given(type, name, random, depth);
}

function given(type: GraphQLInputType, name: string, random: Random, depth: number): unknown {
  if (random.chance(0.02)) return random.pick(HOSTILE);
  if (isNonNullType(type)) return given(type.ofType, name, random, depth);
  if (isListType(type)) {
    const one = () => given(type.ofType, name, random, depth + 1);
    if (!random.chance(0.01)) return Array.from({ length: random.between(0, 3) }, one);
    // A long list is of one small thing: it is its length that matters.
    const item = one();
    const isSmall = JSON.stringify(item).length < 500;
    return Array(isSmall ? random.between(100, 20_000) : 3).fill(item);
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => [
      field.name,
      valueFor(field.type, field.name, random, depth + 1),
    ]);
    if (random.chance(0.01)) fields.push([random.pick(['__proto__', 'nothing', '']), 1]);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  return scalar(type.name, name, random);
}

function scalar(type: string, name: string, random: Random): unknown {
  if (type === 'ID' || name === 'idempotencyKey') return idOf(random, name);
  if (type === 'Decimal') return random.pick(AMOUNTS);
  if (type === 'DateTime') return random.pick(TIMES);
  if (type === 'Date') return random.pick(DAYS);
  if (type === 'Boolean') return random.chance(0.5);
  if (type === 'Float') return random.next() * 10;
  if (type === 'String') return random.chance(0.2) ? idOf(random, name) : random.pick(TEXTS);
  return random.pick(WHOLE);
}

/** A value as it is written in a document; names of enums stand without quotes. */
export function literal(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (Array.isArray(value)) {
    const item = isListType(type) ? type.ofType : type;
    return `[${value.map((one) => literal(one, item)).join(' ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(type) ? type.getFields() : {};
    const entries = Object.entries(value).map(
      ([name, one]) => `${name || '_'}: ${literal(one, fields[name]?.type ?? type)}`,
    );
    return `{ ${entries.join(' ')} }`;
  }
  if (isEnumType(type) && typeof value === 'string') return value;
  return JSON.stringify(value) ?? 'null';
}
