import { AMOUNT_PRECISION, UNIT_PRICE_DECIMALS } from '../../../domain/money';
import { type Check, check, type Expression, type Sql, type Step } from './expression';
import { columnOf, type Field } from './field';

/** Minor units of the document's currency, a DOUBLE. */
export interface Minor extends Pick<Expression, 'sql' | 'checks' | 'of' | 'reads' | 'steps'> {}

/** Each currency takes amounts below this; so no closer look is needed. */
const ANY_LIMIT = 10 ** (AMOUNT_PRECISION - UNIT_PRICE_DECIMALS);
/** A difference of two amounts below this is below ANY_LIMIT, even if `factor` is a little off. */
const HALF_LIMIT = 0.49 * ANY_LIMIT;
/** `AMOUNT_LIMIT` of `convert` in domain/money.ts. */
const CONVERTED_LIMIT = '1e15';

export const minorOf = (field: Field): Minor => ({
  sql: () => columnOf(field),
  checks: [],
  of: field.of,
  reads: [field],
});

/** Zero where the event says nothing. */
export const orZero = (minor: Minor): Minor => ({ ...minor, sql: (d) => `coalesce(${minor.sql(d)}, 0)` });

/** An amount that is no column by itself, so that nobody else looks whether it is whole. */
export const whole = (minor: Minor): Minor => ({ ...minor, checks: [...minor.checks, isWhole(minor)] });

export const plus = (a: Minor, b: Minor): Minor => combined(a, '+', b);
export const minus = (a: Minor, b: Minor): Minor => combined(a, '-', b);

function combined(a: Minor, operator: string, b: Minor): Minor {
  return {
    sql: (d) => `(${a.sql(d)} ${operator} ${b.sql(d)})`,
    checks: [...a.checks, ...b.checks],
    of: a.of === 'line' || b.of === 'line' ? 'line' : 'event',
    reads: [...a.reads, ...b.reads],
    steps: [...(a.steps ?? []), ...(b.steps ?? [])],
  };
}

/** An amount in the document's currency. */
export function amountOf(minor: Minor): Expression {
  const { sql, reads } = minor;
  return {
    ...minor,
    sql: (d) => d.amount(sql(d), 'digits'),
    given: (d) => `${sql(d)} IS NOT NULL`,
    checks: [
      ...minor.checks,
      {
        fits: () => 'digits IS NOT NULL',
        reason: amountProblem(
          minor,
          () => 'currency',
          () => 'digits',
        ),
      },
      // Where each part is whole and small, so is a sum or difference of two, and there is no other reason.
      ...reads.map((field) => ({ fits: () => isSmallWhole(columnOf(field)), reason: () => 'NULL' })),
    ],
  };
}

const isSmallWhole = (number: string): string =>
  `${number} IS NULL OR (floor(${number}) = ${number} AND abs(${number}) < ${HALF_LIMIT})`;

/** How amounts are converted is told in domain/reporting-currency.ts. */
export function inReporting(minor: Minor): Minor {
  const { sql } = minor;
  const converted: Sql = (d) => d.converted(sql(d));
  const isConverted: Sql = (d) =>
    `currency IS DISTINCT FROM ${d.reporting.currency} ` +
    `AND exchangeRate IS NOT NULL AND ${sql(d)} IS NOT NULL`;
  const isKnown = check(
    (d) => `${d.reporting.digits} IS NOT NULL`,
    (d) => `'Not representable: currency ' || ${d.reporting.currency}`,
  );
  const isSmall = check(
    (d) => `abs(${converted(d)}) < ${CONVERTED_LIMIT}`,
    (d) =>
      `'Not representable: ' || ${d.number(sql(d))} || ' ' || currency || ` +
      `' at ' || exchangeRate || ' in ' || ${d.reporting.currency}`,
  );
  const step: Step = {
    name: (d) => `"${sql(d)} in reporting"`,
    sql: (d) =>
      `CASE WHEN currency = ${d.reporting.currency} THEN ${sql(d)} ` +
      `WHEN exchangeRate IS NOT NULL THEN ${converted(d)} END`,
  };
  return {
    ...minor,
    sql: step.name,
    steps: [step],
    checks: [
      ...minor.checks,
      {
        fits: (d) => `coalesce(abs(${sql(d)} * factor) < ${HALF_LIMIT}, exchangeRate IS NULL)`,
        reason: (d) =>
          `CASE WHEN ${isConverted(d)} THEN coalesce(${isKnown.reason(d)}, ${isSmall.reason(d)}) END`,
      },
    ],
    reads: [...minor.reads, { name: 'exchangeRate', of: 'event', is: 'decimal' }],
  };
}

/** An amount in the reporting currency; null without an exchange rate. @param minor made by `inReporting` */
export function reportedAmountOf(minor: Minor): Expression {
  const currency: Sql = (d) => d.reporting.currency;
  const digits: Sql = (d) => d.reporting.digits;
  return {
    ...minor,
    sql: (d) => d.amount(minor.sql(d), digits(d)),
    given: (d) => `(${minor.sql(d)}) IS NOT NULL`,
    checks: [
      ...minor.checks,
      // What `inReporting` takes without a closer look is small enough for every currency.
      { fits: () => 'TRUE', reason: amountProblem(minor, currency, digits) },
    ],
  };
}

function amountProblem(minor: Minor, currency: Sql, digits: Sql): Sql {
  const { sql } = minor;
  const unknown = check(
    (d) => `${sql(d)} IS NULL OR ${digits(d)} IS NOT NULL`,
    (d) => `coalesce(${currency(d)}, 'undefined') || ' is no currency'`,
  );
  const tooLarge = check(
    (d) => `${sql(d)} IS NULL OR abs(${sql(d)}) < ${ANY_LIMIT} * power(10, ${digits(d)})`,
    (d) => `'amount ' || ${d.number(sql(d))} || ' is too large for its column'`,
  );
  const checks = [unknown, isWhole(minor), tooLarge];
  return (d) => `coalesce(${checks.map(({ reason }) => reason(d)).join(', ')})`;
}

function isWhole({ sql }: Minor): Check {
  return check(
    (d) =>
      `${sql(d)} IS NULL OR (floor(${sql(d)}) = ${sql(d)} AND abs(${sql(d)}) <= ${Number.MAX_SAFE_INTEGER})`,
    (d) => `'amount ' || ${d.number(sql(d))} || ' is no whole number of its smallest unit'`,
  );
}
