const DAY_MS = 86_400_000;
/** Most events are of a few days. */
const DAYS_KEPT = 1_000;
const TIME_OF_MIDNIGHT = '00:00:00.000Z';

const days = new Map<number, string>();
const digits = (length: number) =>
  Array.from({ length: 10 ** length }, (_, n) => String(n).padStart(length, '0'));
const TWO = digits(2);
const THREE = digits(3);

/**
 * Formats a time as Date.prototype.toISOString does, several times faster.
 * @param ms Unix milliseconds, an integer
 * @throws RangeError when a Date cannot hold it
 */
export function isoTime(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  const rest = ms - day * DAY_MS;
  const minutes = Math.floor(rest / 60_000);
  const milliseconds = rest % 60_000;
  const hour = TWO[Math.floor(minutes / 60)];
  const second = TWO[Math.floor(milliseconds / 1_000)];
  return `${dateOf(day)}${hour}:${TWO[minutes % 60]}:${second}.${THREE[milliseconds % 1_000]}Z`;
}

function dateOf(day: number): string {
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * DAY_MS).toISOString().slice(0, -TIME_OF_MIDNIGHT.length);
    if (days.size >= DAYS_KEPT) days.clear();
    days.set(day, date);
  }
  return date;
}

const LENGTH = '0000-00-00T00:00:00.000Z'.length;
const DATE_LENGTH = '0000-00-00'.length;
const midnights = new Map<string, number>();

/**
 * Does what Date.parse does with a text of `isoTime`, several times faster.
 * @returns Unix milliseconds
 */
export function msOfIsoTime(text: string): number {
  if (text.length !== LENGTH) return Date.parse(text);
  const two = (at: number) => 10 * digit(text, at) + digit(text, at + 1);
  const seconds = 3_600 * two(11) + 60 * two(14) + two(17);
  return midnight(text.slice(0, DATE_LENGTH)) + 1_000 * seconds + 10 * two(20) + digit(text, 22);
}

function midnight(date: string): number {
  let ms = midnights.get(date);
  if (ms === undefined) {
    ms = Date.parse(date);
    if (midnights.size >= DAYS_KEPT) midnights.clear();
    midnights.set(date, ms);
  }
  return ms;
}

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;
