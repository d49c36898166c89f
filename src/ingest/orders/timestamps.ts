import { DAY_MS } from '../../domain/calendar';

const DATE = /(\d{4})-(\d{2})-(\d{2})/;
const TIME = /(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?/;
const ZONE = /(Z|[+-]\d{2}(?::?\d{2})?)/;
const TIMESTAMP = new RegExp(`^${DATE.source}(?:[T ]${TIME.source})?(?: ?${ZONE.source})?$`, 'i');

/**
 * A reader of dates and times: ISO 8601 (`2024-03-01`, `2024-03-01T09:30:00.5+01:00`), also with a blank for
 * the T. A time without a zone is wall time in `timeZone`, and a date is its midnight. When the clocks
 * change, a repeated wall time is the first of the two, and one that is skipped is read with the offset from
 * before.
 * @returns a function to Unix milliseconds, undefined for anything else
 */
export function timestampReader(timeZone = 'UTC'): (text: string) => number | undefined {
  const toUtc = timeZone === 'UTC' ? (wallMs: number) => wallMs : wallTimeIn(timeZone);
  const read = (text: string): number | undefined => {
    const match = TIMESTAMP.exec(text);
    if (match === null) return undefined;
    const wallMs = wallTime(match);
    if (wallMs === undefined) return undefined;
    const zone = match[8];
    if (zone === undefined) return toUtc(wallMs);
    const offsetMs = zoneOffset(zone);
    return offsetMs === undefined ? undefined : wallMs - offsetMs;
  };
  // Most lines have the time of the line before.
  let lastText: string | undefined;
  let lastTime: number | undefined;
  return (text) => {
    if (text === lastText) return lastTime;
    lastText = text;
    lastTime = read(text);
    return lastTime;
  };
}

function wallTime(match: RegExpExecArray): number | undefined {
  const part = (i: number) => Number(match[i] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, millisecond);
}

function zoneOffset(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function wallTimeIn(timeZone: string): (wallMs: number) => number {
  const offsetAt = offsetIn(timeZone);
  return (wallMs) => {
    // The offset is that of a day before or of a day after: no zone changes twice within two days.
    const before = wallMs - offsetAt(wallMs - DAY_MS);
    const after = wallMs - offsetAt(wallMs + DAY_MS);
    const fits = [before, after].filter((utc) => utc + offsetAt(utc) === wallMs);
    return fits.length > 0 ? Math.min(...fits) : before;
  };
}

/** Offset of a zone from UTC in milliseconds, at a time in Unix milliseconds. */
function offsetIn(timeZone: string): (unixMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (unixMs) => {
    const whole = Math.floor(unixMs / 1000) * 1000;
    const parts = new Map(format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = new Date(0);
    wall.setUTCFullYear(part('year'), part('month') - 1, part('day'));
    return wall.setUTCHours(part('hour'), part('minute'), part('second')) - whole;
  };
}
