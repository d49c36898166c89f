import {
  AMOUNT_PRECISION,
  EXCHANGE_RATE_DECIMALS,
  EXCHANGE_RATE_PRECISION,
  UNIT_PRICE_DECIMALS,
} from '../../../domain/money';
import { type Check, check, type Expression, type Sql } from './expression';
import { columnOf, type Field } from './field';

/** A unit price. */
export const priceOf = (field: Field): Expression =>
  decimalOf(field, 'unit price', AMOUNT_PRECISION, UNIT_PRICE_DECIMALS);

export const exchangeRate: Expression = {
  ...decimalOf(
    { name: 'exchangeRate', of: 'event', is: 'decimal' },
    'exchange rate',
    EXCHANGE_RATE_PRECISION,
    EXCHANGE_RATE_DECIMALS,
  ),
  sql: () => 'rate',
};

function decimalOf(field: Field, what: string, precision: number, scale: number): Expression {
  const text = columnOf(field);
  const value: Sql = (d) => d.decimal(text, precision, scale);
  const isDecimal = check(
    (d) => `(${text} IS NULL OR ${d.isDecimal(text, scale)})`,
    () => `'${what} ' || ${text} || ' is no decimal of ${scale} decimals'`,
  );
  const isSmall = check(
    (d) => `(${text} IS NULL OR ${value(d)} IS NOT NULL)`,
    () => `'${what} ' || ${coefficient(text)} || ' is too large for its column'`,
  );
  // A text of so few characters is small enough, too.
  const isShort: Sql = (d) => `length(${text}) <= ${precision - scale} AND ${d.isDecimal(text, scale)}`;
  const quick = ({ reason }: Check): Check => ({
    fits: (d) => `${text} IS NULL OR (${isShort(d)})`,
    reason,
  });
  return {
    sql: value,
    given: () => `${text} IS NOT NULL`,
    checks: [quick(isDecimal), quick(isSmall)],
    of: field.of,
    reads: [field],
  };
}

/** A plain decimal that is too large, as a whole number: without the point and the zeros around it. */
function coefficient(text: string): string {
  const trimmed = `regexp_replace(${text}, '0+$', '')`;
  const significant = `CASE WHEN instr(${text}, '.') > 0 THEN ${trimmed} ELSE ${text} END`;
  const digits = `replace(replace(${significant}, '-', ''), '.', '')`;
  return `CASE WHEN ${text} LIKE '-%' THEN '-' ELSE '' END || regexp_replace(${digits}, '^0+', '')`;
}
