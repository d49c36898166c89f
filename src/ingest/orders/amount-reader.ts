import { minorDigits } from '../../domain/currencies';
import { multiplyDivideRound, parseDecimal } from '../../domain/decimal';
import { amountInWords, amountLimit, amountProblem, parseAmount } from '../../domain/money';
import type { Reason } from './row-values';

/** Why a document cannot be priced, and the index of the row that shows it. */
export class Unpriced extends Error {
  constructor(
    readonly of: number,
    readonly reason: Reason,
  ) {
    super(reason.label);
  }
}

/** Files write the amounts of a credit note with either sign. */
export const withoutSign = (decimal: string): string => decimal.replace(/^-/, '');

/** Reads the amounts of one document, in minor units of its currency. What cannot be read throws Unpriced. */
export class AmountReader {
  constructor(
    readonly currency: string,
    readonly isCreditNote: boolean,
  ) {}

  /**
   * An amount of a line, rounded to the minor unit; files also write it with more decimals.
   * @returns undefined where there is none
   */
  ofLine(field: string, text: string | undefined, of: number, mayBeNegative = false): number | undefined {
    if (text === undefined || text === '') return undefined;
    if (text.startsWith('-') && !mayBeNegative && !this.isCreditNote)
      this.refuse(of, `${field} must not be negative`, text);
    const decimal = parseDecimal(withoutSign(text), text.length);
    const digits = minorDigits(this.currency) ?? 0;
    const rounded =
      decimal === undefined
        ? undefined
        : multiplyDivideRound(
            BigInt(decimal.coefficient) * 10n ** BigInt(digits),
            1,
            10n ** BigInt(decimal.scale),
            amountLimit(this.currency),
          );
    return rounded ?? this.refuse(of, `${field} is too large an amount`, text);
  }

  /** An amount of the order; 0 where there is none. */
  ofOrder(field: string, text: string, of = 0): number {
    if (text === '') return 0;
    const positive = this.isCreditNote ? withoutSign(text) : text;
    if (positive.startsWith('-')) this.refuse(of, `${field} must not be negative`, text);
    const amount = parseAmount(positive, this.currency);
    return amount ?? this.refuse(of, `${field} ${amountProblem(positive, this.currency)}`, text);
  }

  inWords(amount: number): string {
    return amountInWords(amount, this.currency);
  }

  /** Refuses an amount that is given, and is not what the others come to. */
  differs(of: number, field: string, given: number, computed: number, what: string): never {
    return this.refuse(
      of,
      `${field} differs from ${what}`,
      `${this.inWords(given)}, not ${this.inWords(computed)}`,
    );
  }

  refuse(of: number, label: string, detail?: string): never {
    throw new Unpriced(of, { label, detail });
  }
}
