import { currencyCodes, minorDigits } from '../../../domain/currencies';
import type { Dialect } from './dialect';
import { type Field } from './field';

/** A setting of the store, see `prepareWindow`. */
const setting = (name: string) => `getvariable('settings').${name}`;

/** SQL of DuckDB. It needs the macros of `DUCKDB_MACROS`. */
export const duckdbDialect: Dialect = {
  reporting: { currency: setting('reporting_currency'), digits: setting('reporting_digits') },
  configured: `${setting('reporting_currency')} IS NOT NULL`,
  businessDay: 'day',
  utcDay: (at) => `make_timestamp(${at})::DATE`,
  instant: (at) => `make_timestamptz(${at})`,
  microseconds: (at) => `(trunc(${at})::BIGINT * 1000 + round((${at} - trunc(${at})) * 1000)::BIGINT)`,
  int: (number) => `TRY_CAST(${number} AS INTEGER)`,
  amount: (minor, digits) => `amount_of(${minor}, ${digits})`,
  decimal: (text, precision, scale) => `TRY_CAST(${text} AS DECIMAL(${precision}, ${scale}))`,
  isDecimal: (text, scale) => `regexp_full_match(${text}, '-?0*[0-9]{1,30}(\\.[0-9]{1,${scale}}0*)?')`,
  digitsOf: (currency) => `digits_of(${currency})`,
  converted: (minor) => `converted_of(${minor}, rate, factor, digits, ${setting('reporting_digits')})`,
  ofLines: (field) => `list_transform(lines, lambda line: line.${field})`,
  hasNull: (list) => `len(${list}) > list_count(${list})`,
  present: (names) =>
    `list_filter([${names.map((name) => `'${name}'`).join(', ')}], lambda name: list_contains(keys, name))`,
  number: (number) => `js_number(${number})`,
  json: (value) => `to_json(${value})::VARCHAR`,
  mistyped,
};

const ALLOWED: Record<Field['is'], string> = {
  text: `('VARCHAR', 'NULL')`,
  decimal: `('VARCHAR')`,
  number: `('UBIGINT', 'BIGINT', 'DOUBLE')`,
};

/** Reads the columns `json`, an odd event's data, and `line_number`. Data that is no object is wrong, too. */
function mistyped(field: Field, ofEach: boolean): string {
  const allowed = ALLOWED[field.is];
  const noObject = `CASE WHEN json_type(json) <> 'OBJECT' THEN json::VARCHAR`;
  if (ofEach) {
    const all = `'$.lines[*].${field.name}'`;
    const wrong = `len(list_filter(json_type(json, ${all}), lambda t: t NOT IN ${allowed})) > 0`;
    return `${noObject} WHEN ${wrong} THEN to_json(json_extract(json, ${all}))::VARCHAR END`;
  }
  const path =
    field.of === 'line' ? `'$.lines[' || (line_number - 1) || '].${field.name}'` : `'$.${field.name}'`;
  const wrong = `json_type(json, ${path}) NOT IN ${allowed}`;
  return `${noObject} WHEN ${wrong} THEN json_extract(json, ${path})::VARCHAR END`;
}

const DIGITS = [2, 0, 3, 4];
const codesOf = (digits: number) => currencyCodes.filter((code) => minorDigits(code) === digits);

/** How many currencies have these digits, or those that come before them. */
const codesThrough = (digits: number) => DIGITS.slice(0, DIGITS.indexOf(digits) + 1).flatMap(codesOf).length;

/**
 * Minor units as DECIMAL(18, 4). The casts go by BIGINT, because a DOUBLE times 10^4 would not be exact.
 * Products of these types are kept in 64 bits.
 */
const scaled = (unit: string) =>
  `TRY_CAST(TRY_CAST(TRY_CAST(minor AS BIGINT) AS DECIMAL(16, 0)) * ${unit} AS DECIMAL(18, 4))`;

export const DUCKDB_MACROS: readonly string[] = [
  // An ENUM looks its value up. To compare with each would take longer, and to join costs the order of rows.
  `CREATE TYPE IF NOT EXISTS currency AS ENUM (${DIGITS.flatMap(codesOf)
    .map((code) => `'${code}'`)
    .join(', ')})`,
  `CREATE OR REPLACE TEMP MACRO digits_of(code) AS CASE ${DIGITS.map(
    (digits) => `WHEN enum_code(TRY_CAST(code AS currency)) < ${codesThrough(digits)} THEN ${digits}`,
  ).join(' ')} END`,

  `CREATE OR REPLACE TEMP MACRO amount_of(minor, digits) AS CASE digits
    WHEN 2 THEN ${scaled('0.01::DECIMAL(2, 2)')}
    WHEN 0 THEN TRY_CAST(TRY_CAST(minor AS BIGINT) AS DECIMAL(18, 4))
    WHEN 3 THEN ${scaled('0.001::DECIMAL(3, 3)')}
    WHEN 4 THEN ${scaled('0.0001::DECIMAL(4, 4)')} END`,

  // Half away from zero.
  `CREATE OR REPLACE TEMP MACRO rounded_quotient(a, b) AS
    CASE WHEN a < 0 THEN -((b - 2 * a) // (2 * b)) ELSE (b + 2 * a) // (2 * b) END`,

  // An amount that is refused anyway is null from the start, so that no product overflows: the largest is
  // below 10^30. A condition around the products would not do, for DuckDB may work them out before it.
  `CREATE OR REPLACE TEMP MACRO convertible(minor, factor) AS
    CASE WHEN abs(minor * factor) < 2e15 AND abs(minor) < 1e18 THEN minor END`,
  `CREATE OR REPLACE TEMP MACRO exactly_converted(minor, rate, from_digits, to_digits) AS
    rounded_quotient(
      minor::HUGEINT * (rate * 10000000000)::HUGEINT * power(10, to_digits)::HUGEINT,
      power(10, 10 + from_digits)::HUGEINT)::DOUBLE`,

  // A DOUBLE below 10^12 is off by less than 0.0005 here. It rounds right unless it is as near to a half, and
  // takes a tenth of the time.
  `CREATE OR REPLACE TEMP MACRO converted_of(minor, rate, factor, from_digits, to_digits) AS
    CASE WHEN abs(minor * factor) < 1e12 AND abs(minor * factor - round(minor * factor)) < 0.499
      THEN round(minor * factor)
      ELSE exactly_converted(convertible(minor, factor), rate, from_digits, to_digits) END`,

  // to_json writes 1e+21 as 1e21, and 5 as 5.0.
  `CREATE OR REPLACE TEMP MACRO js_number(x) AS
    CASE WHEN x = 0 THEN '0' ELSE trim(regexp_replace(
      regexp_replace(to_json(x::DOUBLE)::VARCHAR, '\\.0$', ''), 'e(\\d)', 'e+\\1'), '"') END`,
];
