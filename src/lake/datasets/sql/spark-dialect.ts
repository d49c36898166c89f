import { currencyCodes, minorDigits } from '../../../domain/currencies';
import type { Dialect } from './dialect';
import type { Field } from './field';

/**
 * SQL of Spark 4 in ANSI mode, with `"` around names. Settings are named parameters of a statement:
 * `:reporting_currency`, `:reporting_digits` and `:time_zone`. Beside what an expression sees
 * in every dialect, there are `unit` (see `unitOf`) and `conversion` (see `conversionOf`).
 */
export const sparkDialect: Dialect = {
  reporting: { currency: ':reporting_currency', digits: ':reporting_digits' },
  configured: ':reporting_currency IS NOT NULL',
  businessDay: 'day',
  utcDay: (at) => `CAST(timestamp_micros(${at}) AS DATE)`,
  instant: (at) => `timestamp_micros(${at})`,
  microseconds: (at) =>
    `(CAST(${truncated(at)} AS BIGINT) * 1000 + CAST(round((${at} - ${truncated(at)}) * 1000) AS BIGINT))`,
  int: (number) => `try_cast(${number} AS INT)`,
  amount,
  decimal: (text, precision, scale) => `try_cast(${text} AS DECIMAL(${precision}, ${scale}))`,
  isDecimal: (text, scale) => `${text} RLIKE '^-?0*[0-9]{1,30}([.][0-9]{1,${scale}}0*)?$'`,
  digitsOf,
  converted,
  ofLines: (field) => `transform(lines, line -> line.${field})`,
  hasNull: (list) => `exists(${list}, one -> one IS NULL)`,
  present: (names) =>
    `filter(array(${names.map((name) => `'${name}'`).join(', ')}), name -> array_contains(keys, name))`,
  number,
  json: (value) => `to_json(${value})`,
  mistyped,
};

function digitsOf(currency: string): string {
  const whens = [2, 0, 3, 4].map((digits) => `WHEN ${currency} IN (${codesOf(digits)}) THEN ${digits}`);
  return `CASE ${whens.join(' ')} END`;
}

/** Towards zero. */
const truncated = (at: string): string => `(sign(${at}) * floor(abs(${at})))`;

const codesOf = (digits: number): string =>
  currencyCodes
    .filter((code) => minorDigits(code) === digits)
    .map((code) => `'${code}'`)
    .join(', ');

/** A product of decimals is exact. */
function amount(minor: string, digits: string): string {
  const unit = digits === 'digits' ? 'unit' : unitOf(digits);
  return `try_cast(CAST(try_cast(${minor} AS BIGINT) AS DECIMAL(19, 0)) * ${unit} AS DECIMAL(18, 4))`;
}

/** The value of a minor unit of some digits. */
export const unitOf = (digits: string): string =>
  `CASE ${digits} WHEN 2 THEN 0.0100BD WHEN 0 THEN 1.0000BD WHEN 3 THEN 0.0010BD WHEN 4 THEN 0.0001BD END`;

/** What is refused anyway is left out, so that the product is below 10^30. */
function converted(minor: string): string {
  const whole = `CAST(try_cast(${minor} AS BIGINT) AS DECIMAL(16, 0))`;
  const exact = `round(try_multiply(${whole}, conversion), 0)`;
  return `CASE WHEN abs(${minor} * factor) < 2e15 THEN CAST(${exact} AS DOUBLE) END`;
}

/**
 * How many minor units of the reporting currency one of the document's is, exactly: `rate` moved by the
 * difference of their digits.
 */
export const conversionOf = (digits: string, reportingDigits: string): string =>
  `CASE ${reportingDigits} - ${digits} ${[0, 2, -2, 1, -1, 3, -3, 4, -4]
    .map((shift) => `WHEN ${shift} THEN CAST(rate * ${powerOfTen(shift)} AS DECIMAL(38, 14))`)
    .join(' ')} END`;

const powerOfTen = (shift: number): string =>
  shift < 0 ? `0.${'1'.padStart(-shift, '0')}BD` : `${10 ** shift}BD`;

/** Of numbers up to 10^18 in size and not smaller than 10^-6, as JavaScript writes them; others nearly so. */
function number(x: string): string {
  const text = `CAST(${x} AS STRING)`;
  const plain = `CAST(CAST(${text} AS DECIMAL(38, 18)) AS STRING)`;
  return (
    `CASE WHEN ${x} = 0 THEN '0' WHEN abs(${x}) < 1e18 AND abs(${x}) >= 1e-6 ` +
    `THEN regexp_replace(regexp_replace(${plain}, '0+$', ''), '[.]$', '') ` +
    `ELSE lower(regexp_replace(regexp_replace(${text}, '[.]0E', 'E'), 'E([0-9])', 'E+$1')) END`
  );
}

/** Kinds of values that a field may have, as `schema_of_variant` names them. */
const ALLOWED: Record<Field['is'], string> = {
  text: '^(STRING|VOID)$',
  decimal: '^STRING$',
  number: '^(BIGINT|DOUBLE|DECIMAL.*)$',
};

/** Reads the columns `json`, an odd event's data as a variant, and `line_number`. */
function mistyped(field: Field, ofEach: boolean): string {
  const allowed = ALLOWED[field.is];
  const wrong = (value: string) => `schema_of_variant(${value}) NOT RLIKE '${allowed}'`;
  if (field.of === 'event' && !ofEach) {
    const value = `try_variant_get(json, '$.${field.name}', 'variant')`;
    return `CASE WHEN ${wrong(value)} THEN to_json(${value}) END`;
  }
  const lines = `try_variant_get(json, '$.lines', 'array<variant>')`;
  const values = `transform(${lines}, one -> try_variant_get(one, '$.${field.name}', 'variant'))`;
  if (ofEach) {
    const all = `to_json(filter(${values}, one -> one IS NOT NULL))`;
    return `CASE WHEN exists(${values}, one -> ${wrong('one')}) THEN ${all} END`;
  }
  const value = `try_element_at(${values}, line_number)`;
  return `CASE WHEN ${wrong(value)} THEN to_json(${value}) END`;
}
