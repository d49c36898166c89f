import type { Field } from './field';

/**
 * What differs between the SQL of two engines. All else (CASE, coalesce, ||, comparisons) is written once.
 *
 * Arguments and results are SQL. An expression sees these columns:
 * - of the event's envelope: `position`, `id`, `stream`, `revision`, `type`, `data`, `metadata`, and
 *   `occurred_at` and `recorded_at` in microseconds since 1970 UTC
 * - the fields of its JSON under their own names. Numbers are DOUBLE, which is exact below 2^53; texts are
 *   text; `lines` is a list of structs
 * - `line`, one of the lines, in a dataset that has a row for each
 * - `digits`: minor digits of `currency`; null when there is no such currency
 * - `rate`: `exchangeRate` as DECIMAL(25,10); null when it is no decimal
 * - `factor`: about how many minor units of the reporting currency one of `currency` is, DOUBLE; 1 in the
 *   reporting currency, null without an exchange rate
 * - `keys`: the names of the JSON's fields, of events whose dataset asks for them
 */
export interface Dialect {
  /** the settings of the store; null before it was configured */
  reporting: { currency: string; digits: string };
  /** whether the settings of the store are known: they hold for all of its log */
  configured: string;
  /** the day of `occurred_at` in the time zone of the store; null without such a day */
  businessDay: string;

  /** The day in UTC. @param at microseconds */
  utcDay(at: string): string;
  /** An instant. @param at microseconds */
  instant(at: string): string;
  /** Microseconds as BIGINT, exactly. @param at milliseconds, DOUBLE, below 9.2e15 in size */
  microseconds(at: string): string;

  /** INT of a number that is one. */
  int(number: string): string;
  /** DECIMAL(18,4) of minor units, DOUBLE; null when it does not fit. */
  amount(minor: string, digits: string): string;
  /** A plain decimal as DECIMAL; null when it does not fit. */
  decimal(text: string, precision: number, scale: number): string;
  /** Whether a text is a plain decimal of at most 30 digits before the point and `scale` behind it. */
  isDecimal(text: string, scale: number): string;
  /** Minor digits of a currency; null when there is no such currency. */
  digitsOf(currency: string): string;
  /**
   * Minor units of `currency` as minor units of the reporting currency: by `rate`, rounded half away from
   * zero. Null when the result is far beyond 10^15.
   * @param minor a whole number, DOUBLE
   * @returns DOUBLE
   */
  converted(minor: string): string;

  /** A field of each of the lines, as a list. */
  ofLines(field: string): string;
  /** Whether a list has a null. */
  hasNull(list: string): string;
  /** Those of some names that the JSON has, in this order, as a list. */
  present(names: readonly string[]): string;

  /** A DOUBLE as JavaScript writes it. */
  number(number: string): string;
  /** A text or a list as JSON. */
  json(value: string): string;
  /**
   * What the JSON has in place of a field's value, as JSON, when that is of a wrong type; null otherwise.
   * Only asked of the few events that have something wrong.
   * @param ofEach the field of all lines, as a list
   */
  mistyped(field: Field, ofEach: boolean): string;
}
