import { minorDigits } from '../domain/currencies';
import { formatDecimal, parseDecimal } from '../domain/decimal';
import type { InvalidInput } from '../domain/failures';
import { parseAmount, parseExchangeRate, parseUnitPrice } from '../domain/money';

const MAX_ID = 200;
/** Characters that a name, a category or a place may have. */
export const MAX_NAME = 500;
export const MAX_REASON = 2_000;
const MAX_EMAIL = 320;
const MAX_DECIMALS = 30;

const PLAIN_ID = /^[!-~](?:[ -~]*[!-~])?$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const UNSTORABLE = /[\0\p{Cs}]/u;
const OUTER_BLANK = /^\s|\s$/u;
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
    if (typeof value !== 'string' || value === '') return this.refuse(field, 'must not be empty', '');
    if (PLAIN_ID.test(value) && value.length <= MAX_ID) return value;
    if (isLonger(value, MAX_ID))
      return this.refuse(field, `must not be longer than ${MAX_ID} characters`, '');
    if (UNPRINTABLE.test(value)) return this.refuse(field, 'must have printable characters only', '');
    if (OUTER_BLANK.test(value)) return this.refuse(field, 'must not begin or end with a blank', '');
    return value;
  }

  optionalId(field: string, value: unknown): string | undefined {
    return isNone(value) ? undefined : this.id(field, value);
  }

  /** One line of text that says something. */
  text(field: string, value: unknown, max = MAX_NAME): string {
    if (typeof value !== 'string' || value.trim() === '') return this.refuse(field, 'must not be empty', '');
    if (isLonger(value, max)) return this.refuse(field, `must not be longer than ${max} characters`, '');
    if (UNPRINTABLE.test(value)) return this.refuse(field, 'must not have control characters', '');
    return value;
  }

  optionalText(field: string, value: unknown, max = MAX_NAME): string | undefined {
    if (isNone(value) || (typeof value === 'string' && value.trim() === '')) return undefined;
    return this.text(field, value, max);
  }

  /** Text of several lines. */
  reason(field: string, value: unknown): string | undefined {
    if (isNone(value) || value === '') return undefined;
    if (typeof value !== 'string') return this.refuse(field, 'must be a text', undefined);
    if (isLonger(value, MAX_REASON)) {
      return this.refuse(field, `must not be longer than ${MAX_REASON} characters`, undefined);
    }
    if (UNSTORABLE.test(value)) return this.refuse(field, 'must be well-formed text', undefined);
    return value;
  }

  optionalEmail(field: string, value: unknown): string | undefined {
    const email = this.optionalText(field, value, MAX_EMAIL);
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
    const amount = typeof value === 'string' ? parseAmount(value, currency) : undefined;
    return amount ?? this.refuse(field, `must be a decimal amount of ${currency || 'its currency'}`, 0);
  }

  unitPrice(field: string, value: unknown, currency: string): string {
    const price = typeof value === 'string' ? parseUnitPrice(value, currency) : undefined;
    return (
      price ?? this.refuse(field, 'must be a decimal with at most 4 decimals, below 10^15 minor units', '0')
    );
  }

  /** A plain decimal whose currency is not known yet, without trailing zeros. */
  decimal(field: string, value: unknown): string {
    const decimal = typeof value === 'string' ? parseDecimal(value, MAX_DECIMALS) : undefined;
    return decimal === undefined
      ? this.refuse(field, 'must be a plain decimal', '0')
      : formatDecimal(decimal);
  }

  optionalDecimal(field: string, value: unknown): string | undefined {
    return isNone(value) ? undefined : this.decimal(field, value);
  }

  exchangeRate(field: string, value: unknown): string | undefined {
    if (isNone(value)) return undefined;
    const rate = typeof value === 'string' ? parseExchangeRate(value) : undefined;
    return rate ?? this.refuse(field, 'must be a decimal above zero with at most 10 decimals', undefined);
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

  /** The elements of a list, each read by `read`; the path of a failure inside begins with the field and the index. */
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

  private refuse<T>(field: string, message: string, instead: T): T {
    if (this.failure === undefined) {
      const path = [...this.prefix, field];
      this.failure = { code: 'INVALID_INPUT', message: `${path.join('.')} ${message}`, path };
    }
    return instead;
  }
}

function isNone(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Counts characters as a reader does, not UTF-16 units; the cheap test settles nearly all. */
function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max);
}
