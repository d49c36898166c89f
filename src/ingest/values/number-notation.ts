import { formatDecimal, parseDecimal } from '../../domain/decimal';
import { currenciesOf } from './currency-marks';
import { meantDecimal } from './float-artifacts';

/** What stands before the decimals: a point (`1,234.50`) or a comma (`1.234,50`). */
export type Convention = 'point' | 'comma';

/** A cell with a number in it, before it is known what its points and commas mean. */
export interface NumberCell {
  negative: boolean;
  /** digits, points, commas, blanks and apostrophes; it may end with an exponent */
  body: string;
  percent: boolean;
  /** signs and codes of currencies beside the number, as they stand there */
  marks: readonly string[];
}

const BLANKS = /[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g;
const MINUS = /[\u2212\u2013\ufe63\uff0d]/g;
const APOSTROPHES = /[\u2019\u02bc`´]/g;

const NUMBER = String.raw`(?<body>(?:\d|[.,](?=\d))[\d.,' ]*?(?:E[+-]?\d{1,3})?)`;
/** `Rs.` and `kr.` have their point; behind a sign it begins a number: `$.99`. */
const MARK = String.raw`(?:[A-Za-zА-Яа-я]{2,3}\.|[^\d\s.,'()+%-]{1,4})`;
const CELL = new RegExp(
  `^(?<sign>[+-])? ?(?<before>${MARK})? ?(?<inner>[+-])? ?${NUMBER} ?` +
    `(?<after>%|${MARK})?(?: ?(?<trailing>-))?$`,
  'i',
);

/** Takes a text apart: signs, brackets for less than zero, currencies, per cent. Undefined for no number. */
export function numberCell(text: string): NumberCell | undefined {
  const plain = text.replace(BLANKS, ' ').replace(MINUS, '-').replace(APOSTROPHES, "'").trim();
  // Both ($5.00) and $(5.00) are written.
  const inBrackets = /^([^\d(]{0,4})\((.*)\)$/.exec(plain);
  const groups = CELL.exec(inBrackets === null ? plain : `${inBrackets[1]}${inBrackets[2]}`.trim())?.groups;
  if (groups === undefined) return undefined;
  // A German 5,- is not below zero.
  if (groups.trailing !== undefined && /[.,]$/.test(groups.body ?? '')) return undefined;
  const { sign, before, inner, body = '', after, trailing } = groups;
  const signs = [inBrackets === null ? undefined : '-', sign, inner, trailing].filter((s) => s !== undefined);
  const percent = after === '%';
  const marks = [before, percent ? undefined : after].filter((mark) => mark !== undefined);
  if (signs.length > 1 || marks.some((mark) => currenciesOf(mark) === undefined)) return undefined;
  return { negative: signs[0] === '-', body, percent, marks };
}

const WHOLE = String.raw`\d+`;
const BY_THREES = (separator: string): string => String.raw`[1-9]\d{0,2}(?:${separator}\d{3})+`;
/** 12,34,567: thousands, then hundreds. */
const INDIAN = String.raw`[1-9]\d?(?:,\d{2})+,\d{3}`;
const ANYWHERE = [WHOLE, BY_THREES(' '), BY_THREES("'")];
const EXPONENT = String.raw`E([+-]?\d{1,3})`;

const notation = (groups: readonly string[], decimal: string) => ({
  number: new RegExp(`^(${groups.join('|')})?(?:${decimal}(\\d*))?$`),
  scientific: new RegExp(String.raw`^(\d)(?:${decimal}(\d+))?${EXPONENT}$`, 'i'),
});

const NOTATIONS = {
  point: notation([...ANYWHERE, BY_THREES(','), INDIAN], '\\.'),
  comma: notation([...ANYWHERE, BY_THREES('\\.')], ','),
};

/** A number as a plain decimal, in its shortest notation. */
export interface PlainNumber {
  decimal: string;
  /** the text was one of a binary float: it has many digits, and means few */
  rounded: boolean;
}

/**
 * What a cell is under a convention. Undefined where it is no number so: groups that are not of three digits,
 * an exponent that hides digits.
 */
export function plainNumber(
  { negative, body, percent }: NumberCell,
  convention: Convention,
): PlainNumber | undefined {
  const { number, scientific } = NOTATIONS[convention];
  const match = number.exec(body);
  const digits = match === null ? writtenOut(scientific.exec(body)) : joined(match);
  if (digits === undefined) return undefined;
  const meant = meantDecimal(digits);
  const decimal = parseDecimal(`${negative ? '-' : ''}${meant ?? digits}`, MOST_DECIMALS);
  if (decimal === undefined) return undefined;
  const scale = decimal.scale + (percent ? 2 : 0);
  return { decimal: formatDecimal({ ...decimal, scale }), rounded: meant !== undefined };
}

const MOST_DECIMALS = 30;

function joined([, whole = '', fraction = '']: RegExpExecArray): string | undefined {
  if (whole === '' && fraction === '') return undefined;
  return withPoint(whole.replace(/\D/g, '') || '0', fraction);
}

/** `1.25E+1` is 12.5. `1.2E+5` has lost digits: a spreadsheet shows many numbers so. */
function writtenOut(match: RegExpExecArray | null): string | undefined {
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponentText] = match;
  const exponent = Number(exponentText);
  if (exponent > fraction.length) return undefined;
  if (exponent >= 0) return withPoint(whole + fraction.slice(0, exponent), fraction.slice(exponent));
  return withPoint('0', `${'0'.repeat(-exponent - 1)}${whole}${fraction}`);
}

const withPoint = (whole: string, fraction: string): string =>
  fraction === '' ? whole : `${whole}.${fraction}`;
