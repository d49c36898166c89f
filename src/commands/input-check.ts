import { minorDigits } from '../domain/currencies';
import { formatDecimal, MUST_BE_A_DECIMAL, parseDecimal } from '../domain/decimal';
import type { InvalidInput } from '../domain/failures';
import {
  amountProblem,
  exchangeRateProblem,
  parseAmount,
  parseExchangeRate,
  parseUnitPrice,
  unitPriceProblem,
} from '../domain/money';
import { idProblem, isLonger, MUST_NOT_BE_EMPTY, nameProblem, normalText } from '../domain/text';

export const MAX_REASON = 2_000;
const MAX_EMAIL = 320;
const MAX_DECIMALS = 30;

const UNSTORABLE = /[\0\p{Cs}]/u;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/**
 * Brings the fields of a command's input into their one notation, and remembers the first that cannot be.
 * Each method returns something of the right type even then: the caller looks at `failure` once, at the end.
 * A value of null is as good as none; an optional text that is empty is none.
 */
export class InputCheck {
  failure: InvalidInput | undefined;
  private prefix: string[] = [];

  /** 1 to 200 printable characters without blanks around them. */
  id(field: string, value: unknown): string {
    return this.textOf(field, value, idProblem);
  }

  optionalId(field: string, value: unknown): string | undefined {
    return isNone(value) ? undefined : this.id(field, value);
  }

  /** One line of text that says something, in its normal form. */
  name(field: string, value: unknown, max?: number): string {
    const name = typeof value === 'string' ? normalText(value) : value;
    return this.textOf(field, name, (text) => nameProblem(text, max));
  }

  optionalName(field: string, value: unknown, max?: number): string | undefined {
    if (isNone(value) || (typeof value === 'string' && normalText(value) === '')) return undefined;
    return this.name(field, value, max);
  }

  /** Text of several lines. */
  reason(field: string, value: unknown): string | undefined {
    if (isNone(value)) return undefined;
    if (typeof value !== 'string') return this.refuse(field, 'must be a text', undefined);
    const reason = normalText(value);
    if (reason === '') return undefined;
    if (isLonger(reason, MAX_REASON)) {
      return this.refuse(field, `must not be longer than ${MAX_REASON} characters`, undefined);
    }
    if (UNSTORABLE.test(reason)) return this.refuse(field, 'must be well-formed text', undefined);
    return reason;
  }

  optionalEmail(field: string, value: unknown): string | undefined {
    const email = this.optionalName(field, value, MAX_EMAIL);
    if (email === undefined || EMAIL.test(email)) return email;
    return this.refuse(field, 'must be an e-mail address', undefined);
  }

  currency(field: string, value: unknown): string {
    if (typeof value === 'string' && minorDigits(value) !== undefined) return value;
    return this.refuse(field, 'must be an ISO 4217 currency code such as EUR', '');
  }

  optionalCurrency(field: string, value: unknown): string | undefined {
    return isNone(value) ? undefined : this.currency(field, value);
  }

  /** Minor units of `currency`; 0 when there is none. */
  optionalAmount(field: string, value: unknown, currency: string): number {
    if (isNone(value)) return 0;
    const text = textIn(value);
    return parseAmount(text, currency) ?? this.refuse(field, amountProblem(text, currency), 0);
  }

  unitPrice(field: string, value: unknown, currency: string): string {
    const text = textIn(value);
    return parseUnitPrice(text, currency) ?? this.refuse(field, unitPriceProblem(text, currency), '0');
  }

  /** A plain decimal whose currency is not known yet, without trailing zeros. */
  decimal(field: string, value: unknown): string {
    const decimal = parseDecimal(textIn(value), MAX_DECIMALS);
    return decimal === undefined ? this.refuse(field, MUST_BE_A_DECIMAL, '0') : formatDecimal(decimal);
  }

  optionalDecimal(field: string, value: unknown): string | undefined {
    return isNone(value) ? undefined : this.decimal(field, value);
  }

  exchangeRate(field: string, value: unknown): string | undefined {
    if (isNone(value)) return undefined;
    const text = textIn(value);
    return parseExchangeRate(text) ?? this.refuse(field, exchangeRateProblem(text), undefined);
  }

  number(field: string, value: unknown): number {
    return typeof value === 'number' ? value : this.refuse(field, 'must be a number', 0);
  }

  /** Unix milliseconds. */
  optionalTime(field: string, value: unknown): number | undefined {
    return isNone(value) ? undefined : this.number(field, value);
  }

  optionalRevision(field: string, value: unknown): number | undefined {
    if (isNone(value)) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.refuse(field, 'must be a whole number, 0 or above', undefined);
  }

  /**
   * The elements of a list, each read by `read`; the path of a failure inside begins with the field and the
   * index.
   */
  each<I, T>(field: string, values: I[], read: (value: I) => T): T[] {
    const results: T[] = [];
    if (!Array.isArray(values)) return this.refuse(field, 'must be a list', results);
    const outer = this.prefix;
    for (const [index, value] of values.entries()) {
      if (this.failure !== undefined) break;
      this.prefix = [...outer, field, String(index)];
      results.push(read(value));
    }
    this.prefix = outer;
    return results;
  }

  private textOf(field: string, value: unknown, problemOf: (text: string) => string | undefined): string {
    const problem = typeof value === 'string' ? problemOf(value) : MUST_NOT_BE_EMPTY;
    return problem === undefined ? (value as string) : this.refuse(field, problem, '');
  }

  private refuse<T>(field: string, message: string, instead: T): T {
    if (this.failure === undefined) {
      const path = [...this.prefix, field];
      this.failure = { code: 'INVALID_INPUT', message: `${path.join('.')} ${message}`, path };
    }
    return instead;
  }
}

/** What is no text is no decimal either. */
function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isNone(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
