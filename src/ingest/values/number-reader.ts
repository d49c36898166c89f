import { currenciesOf } from './currency-marks';
import { type Convention, type NumberCell, numberCell, plainNumber } from './number-notation';

/** Reads numbers by one convention. */
export interface NumberReader {
  convention: Convention;
  /**
   * An amount or a price.
   * @param currency of the row (ISO 4217), '' where it is not known; asked for where the text names one
   * @returns a plain decimal in its shortest notation; undefined for what is no number, and for one in
   *   another currency
   */
  amount(text: string, currency: () => string): string | undefined;
  /** A share such as `0.15` or `15%`, or an exchange rate: as `amount`, without a currency. */
  rate(text: string): string | undefined;
  /** A number without currency and per cent. */
  quantity(text: string): string | undefined;
  /** The currencies that sign and code beside an amount may stand for; undefined where there is none. */
  currencies(text: string): readonly string[] | undefined;
  /** Why a text is none, to stand behind the name of its field. It does not repeat the text. */
  problem(text: string, currency: string): string;
}

/** Longer texts may be those of binary floats. */
export const SHORT_NUMBER = 15;
const PLAIN_WITH_POINT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

const readers: Record<Convention, NumberReader> = {
  point: pointReader(),
  comma: readerOf('comma'),
};

/** The reader of a convention. */
export const numberReader = (convention: Convention): NumberReader => readers[convention];

function pointReader(): NumberReader {
  const reader = readerOf('point');
  return {
    ...reader,
    amount: plainFirst(reader.amount),
    rate: plainFirst(reader.rate),
    quantity: plainFirst(reader.quantity),
  };
}

const noCurrency = () => '';

/** Nearly all numbers are plain: they need no closer look. */
function plainFirst(
  read: (text: string, currency: () => string) => string | undefined,
): (text: string, currency?: () => string) => string | undefined {
  return (text, currency = noCurrency) => {
    if (text.length > SHORT_NUMBER || !PLAIN_WITH_POINT.test(text)) return read(text, currency);
    return text.endsWith('0') ? withoutLastZeros(text) : text;
  };
}

/** `12.50` is 12.5, and `-0.00` 0. */
function withoutLastZeros(text: string): string {
  const point = text.indexOf('.');
  let end = text.length;
  if (point >= 0) {
    while (text.charCodeAt(end - 1) === ZERO) end--;
    if (end - 1 === point) end--;
  }
  const shortest = text.slice(0, end);
  return shortest === '-0' ? '0' : shortest;
}

const ZERO = '0'.charCodeAt(0);

function readerOf(convention: Convention): NumberReader {
  return {
    convention,
    amount(text, currency) {
      const cell = numberCell(text);
      if (cell === undefined || cell.percent || otherCurrency(cell, currency)) return undefined;
      return plainNumber(cell, convention)?.decimal;
    },
    rate(text) {
      const cell = numberCell(text);
      return cell === undefined || cell.marks.length > 0 ? undefined : plainNumber(cell, convention)?.decimal;
    },
    quantity(text) {
      const cell = numberCell(text);
      if (cell === undefined || cell.percent || cell.marks.length > 0) return undefined;
      return plainNumber(cell, convention)?.decimal;
    },
    currencies(text) {
      const cell = numberCell(text);
      return cell === undefined || cell.marks.length === 0 ? undefined : currenciesBeside(cell);
    },
    problem(text, currency) {
      const cell = numberCell(text);
      const decimal = cell && plainNumber(cell, convention);
      if (decimal !== undefined && cell?.percent) return 'must be an amount, not per cent';
      if (decimal !== undefined && cell !== undefined && otherCurrency(cell, () => currency))
        return `is in ${cell.marks.join(' and ')}, but the currency of the row is ${currency}`;
      return MUST_BE[convention];
    },
  };
}

const MUST_BE: Record<Convention, string> = {
  point: 'must be a number such as 12.50 or 1,234.50',
  comma: 'must be a number such as 12,50 or 1.234,50',
};

/** Whether what stands beside a number contradicts the currency of its row, or itself. */
function otherCurrency(cell: NumberCell, currencyOf: () => string): boolean {
  if (cell.marks.length === 0) return false;
  const possible = currenciesBeside(cell);
  const currency = currencyOf().toUpperCase();
  return currency === '' ? possible.length === 0 : !possible.includes(currency);
}

/** What all the signs and codes of a cell may stand for. */
function currenciesBeside({ marks }: NumberCell): readonly string[] {
  const [first = [], ...others] = marks.map((mark) => currenciesOf(mark) ?? []);
  return first.filter((code) => others.every((codes) => codes.includes(code)));
}
