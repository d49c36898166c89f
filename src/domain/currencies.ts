/** Minor digits of a currency: how many decimals its smallest unit has. */
export type MinorDigits = 0 | 2 | 3 | 4;

const WITH_NO_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const WITH_TWO_DECIMALS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF ' +
  'CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ ' +
  'GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD ' +
  'MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON ' +
  'RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS ' +
  'UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG';
const WITH_THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND';
const WITH_FOUR_DECIMALS = 'CLF UYW';

// A table of our own: what Intl knows of a currency differs between versions of Node, and a log outlives
// them.
const digitsByCode = new Map<string, MinorDigits>();
for (const code of WITH_NO_DECIMALS.split(' ')) digitsByCode.set(code, 0);
for (const code of WITH_TWO_DECIMALS.split(' ')) digitsByCode.set(code, 2);
for (const code of WITH_THREE_DECIMALS.split(' ')) digitsByCode.set(code, 3);
for (const code of WITH_FOUR_DECIMALS.split(' ')) digitsByCode.set(code, 4);

/**
 * Every active ISO 4217 code that has a minor unit, funds included; metals and test codes are not money here.
 * What is withdrawn stays, because logs have it: BGN, which EUR replaced in 2026.
 */
export const currencyCodes: readonly string[] = [...digitsByCode.keys()].sort();

/** Minor digits of an ISO 4217 code (upper case), undefined when there is no such currency. */
export function minorDigits(code: string): MinorDigits | undefined {
  return digitsByCode.get(code);
}
