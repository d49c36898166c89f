import { DAY_MS } from '../../domain/calendar';
import { type TimeFormat, utcMidnight } from './date-pattern';

/** 1899-12-30: Excel's day 0, as it counts from 1 March 1900 on (it has a 29 February 1900). */
const EXCEL_DAY_0 = -25_569 * DAY_MS;
/** Five digits: 1927 to 2173. Fewer could be anything. */
const EXCEL_SERIAL = /^[1-9]\d{4}(?:[.,]\d+)?$/;

/** Days since 1900 with a fraction, as Excel keeps times: wall time of the file's zone. */
const excelDays: TimeFormat = {
  name: 'excel',
  twoDigitYear: false,
  reader: (_, toUtc) => (text) =>
    EXCEL_SERIAL.test(text)
      ? toUtc(EXCEL_DAY_0 + Math.round(Number(text.replace(',', '.')) * DAY_MS))
      : undefined,
};

/** Seconds since 1970, from 1973 on. */
const unixSeconds: TimeFormat = {
  name: 'unix',
  twoDigitYear: false,
  reader: () => (text) =>
    /^[1-9]\d{8,9}(?:\.\d+)?$/.test(text) ? Math.floor(Math.round(Number(text) * 1e6) / 1e3) : undefined,
};

/** Milliseconds since 1970, from 2001 on: thirteen digits. */
const unixMilliseconds: TimeFormat = {
  name: 'unix-ms',
  twoDigitYear: false,
  reader: () => (text) => (/^[1-9]\d{12}$/.test(text) ? Number(text) : undefined),
};

const DIGITS = /^(\d{4})(\d{2})(\d{2})(?:[T ]?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(Z)?)?$/;

/** `20240305`, also with a time: `20240305T101500`. */
const digitsOnly: TimeFormat = {
  name: 'YYYYMMDD',
  twoDigitYear: false,
  reader: (_, toUtc) => (text) => {
    const match = DIGITS.exec(text);
    if (match === null) return undefined;
    const part = (i: number) => Number(match[i] ?? 0);
    const midnight = utcMidnight(part(1), part(2), part(3));
    if (midnight === undefined || part(1) < 1900) return undefined;
    const wallMs = midnight + ((part(4) * 60 + part(5)) * 60 + part(6)) * 1000;
    return match[7] === undefined ? toUtc(wallMs) : wallMs;
  },
};

/** Formats whose cells are one number. No text is of two of them. */
export const numberFormats: readonly TimeFormat[] = [excelDays, unixSeconds, unixMilliseconds, digitsOnly];
