import { currencyCodes } from '../../domain/currencies';

/** Currencies that write `$` alone. */
const DOLLARS =
  'USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU DOP BMD BSD BBD BZD BND FJD GYD JMD KYD LRD NAD SBD SRD ' +
  'TTD XCD';

/** What stands for a currency beside an amount, and which currencies it may be. */
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP EGP GIP FKP SHP SYP LBP SDG SSP',
  $: DOLLARS,
  '¥': 'JPY CNY',
  '￥': 'JPY CNY',
  円: 'JPY',
  元: 'CNY TWD',
  RMB: 'CNY',
  '₹': 'INR',
  RS: 'INR PKR LKR NPR MUR SCR',
  'RS.': 'INR PKR LKR NPR MUR SCR',
  '₩': 'KRW',
  '₽': 'RUB',
  '₺': 'TRY',
  TL: 'TRY',
  '₴': 'UAH',
  '₪': 'ILS',
  '₫': 'VND',
  '₱': 'PHP',
  '₦': 'NGN',
  '฿': 'THB',
  '₸': 'KZT',
  '₡': 'CRC',
  '₲': 'PYG',
  US$: 'USD',
  CA$: 'CAD',
  C$: 'CAD NIO',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  NT$: 'TWD',
  MX$: 'MXN',
  R$: 'BRL',
  R: 'ZAR',
  KR: 'SEK NOK DKK ISK',
  'KR.': 'SEK NOK DKK ISK',
  ZŁ: 'PLN',
  KČ: 'CZK',
  FT: 'HUF',
  LEI: 'RON MDL',
  FR: 'CHF',
  'FR.': 'CHF',
  SFR: 'CHF',
  'SFR.': 'CHF',
  RM: 'MYR',
  RP: 'IDR',
  'S/': 'PEN',
  ЛВ: 'BGN',
  'ЛВ.': 'BGN',
};

const byMark = new Map<string, readonly string[]>(
  Object.entries(SIGNS).map(([sign, codes]) => [sign, codes.split(' ')]),
);
for (const code of currencyCodes) byMark.set(code, [code]);

/**
 * The currencies (ISO 4217) that a sign or code beside an amount may stand for, in any case; undefined when
 * it stands for none.
 */
export function currenciesOf(mark: string): readonly string[] | undefined {
  return byMark.get(mark.toUpperCase());
}
