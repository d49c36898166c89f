import { currencyCodes, minorDigits } from './currencies';

/**
 * What Node knows comes from CLDR, which says what people write and not what ISO 4217 says: of these the
 * smaller coins are out of use, so CLDR gives them no decimals.
 */
const DIGITS_OF_ISO: Record<string, number> = {
  AFN: 2,
  ALL: 2,
  COP: 2,
  HUF: 2,
  IDR: 2,
  IQD: 3,
  IRR: 2,
  KPW: 2,
  LAK: 2,
  LBP: 2,
  MGA: 2,
  MMK: 2,
  PKR: 2,
  SOS: 2,
  SYP: 2,
  YER: 2,
};

/** Codes that Node lists and that are no money here, and why. */
const NOT_HERE: Record<string, string> = {
  ANG: 'replaced by XCG in 2025',
  CUC: 'withdrawn in 2021',
  HRK: 'replaced by EUR in 2023',
  SLL: 'replaced by SLE in 2024',
  XDR: 'has no minor unit',
  XSU: 'has no minor unit',
  ZWL: 'replaced by ZWG in 2024',
};

const digitsInNode = (currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;

describe('the table of currencies', () => {
  it('has the digits that Node has, or those of ISO 4217 where the two are known to differ', () => {
    const digits = currencyCodes.map((code) => [code, minorDigits(code)]);
    const expected = currencyCodes.map((code) => [code, DIGITS_OF_ISO[code] ?? digitsInNode(code)]);
    expect(digits).toEqual(expected);
  });

  it('has every currency of Node that is active and has a minor unit', () => {
    const missing = Intl.supportedValuesOf('currency').filter((code) => minorDigits(code) === undefined);
    expect(missing.filter((code) => !(code in NOT_HERE))).toEqual([]);
  });

  it('has none that was withdrawn or has no minor unit', () => {
    expect(Object.keys(NOT_HERE).filter((code) => minorDigits(code) !== undefined)).toEqual([]);
  });
});
