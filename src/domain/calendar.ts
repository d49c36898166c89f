import { zoneOffset } from './zone-offset';

/** A day of 24 hours, milliseconds. */
export const DAY_MS = 86_400_000;

/** `YYYY-MM-DD` of whole days since 1970-01-01. */
export const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** `YYYY-MM` of whole months since 1970-01. */
export const isoMonth = (month: number): string => new Date(Date.UTC(1970, month)).toISOString().slice(0, 7);

const SLOT_MS = 15 * 60_000;
const MAX_SLOTS = 65_536;

/**
 * The calendar day of a time zone: a function from Unix milliseconds to 'YYYY-MM-DD'. Made once per zone and
 * shared, it remembers the day of each quarter of an hour, so that most calls cost one look-up.
 * @param timeZone IANA name
 * @throws RangeError when there is no such zone; the function throws it for a time that is no number
 */
export function dayIn(timeZone: string): (unixMs: number) => string {
  return daysOf(timeZone).day;
}

/** As `dayIn`, but the function gives whole days since 1970-01-01; undefined where `dayIn` gives no date. */
export function dayNumberIn(timeZone: string): (unixMs: number) => number | undefined {
  const { summed, day } = daysOf(timeZone);
  return (unixMs) => {
    const number = summed(unixMs) ?? Date.parse(day(unixMs)) / DAY_MS;
    return Number.isNaN(number) ? undefined : number;
  };
}

/** Whether there is a time zone of this name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return timeZone !== '';
  } catch {
    return false;
  }
}

/** The days of one zone. */
interface ZoneDays {
  summed: ReturnType<typeof summedDay>;
  day: (unixMs: number) => string;
}

const daysByZone = new Map<string, ZoneDays>();

function daysOf(timeZone: string): ZoneDays {
  let days = daysByZone.get(timeZone);
  if (days === undefined) {
    const summed = summedDay(timeZone);
    days = { summed, day: rememberSlots(summedOr(summed, dayFormat(timeZone))) };
    daysByZone.set(timeZone, days);
  }
  return days;
}

function dayFormat(timeZone: string): (unixMs: number) => string {
  const format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (unixMs) => {
    let year = '';
    let month = '';
    let day = '';
    for (const part of format.formatToParts(unixMs)) {
      if (part.type === 'year') year = part.value;
      else if (part.type === 'month') month = part.value;
      else if (part.type === 'day') day = part.value;
    }
    return `${year.padStart(4, '0')}-${month}-${day}`;
  };
}

/** Before, `Intl` counts the days of the Julian calendar; behind, years have more than four digits. */
const [FIRST_PLAIN_MS, LAST_PLAIN_MS] = [Date.UTC(1600, 0), Date.UTC(9999, 11)];

/**
 * No zone sets its clocks twice within a day. So where both ends of a day of UTC are as far from UTC, so is
 * all between them, and its days are a sum. To have an instant formatted takes two microseconds.
 * @returns a function that gives whole days since 1970-01-01; undefined where clocks are set on that day
 */
function summedDay(timeZone: string): (unixMs: number) => number | undefined {
  const exactOffset = zoneOffset(timeZone);
  const offsets = new Map<number, number>();
  const offsetAt = (utcDay: number): number => {
    const known = offsets.get(utcDay);
    if (known !== undefined) return known;
    const offset = exactOffset(utcDay * DAY_MS);
    if (offsets.size >= MAX_SLOTS) offsets.clear();
    offsets.set(utcDay, offset);
    return offset;
  };
  return (unixMs) => {
    if (!(unixMs >= FIRST_PLAIN_MS && unixMs < LAST_PLAIN_MS)) return undefined;
    const utcDay = Math.floor(unixMs / DAY_MS);
    const offset = offsetAt(utcDay);
    return offset === offsetAt(utcDay + 1) ? Math.floor((unixMs + offset) / DAY_MS) : undefined;
  };
}

/** @param exactDay asked for the days that are no sum */
const summedOr =
  (summed: (unixMs: number) => number | undefined, exactDay: (unixMs: number) => string) =>
  (unixMs: number): string => {
    const day = summed(unixMs);
    return day === undefined ? exactDay(unixMs) : isoDay(day);
  };

/**
 * Every zone's midnight falls on a whole quarter of an hour, save for a few old ones (Monrovia was 44:30 off
 * until 1972): a slot that is cut by midnight is therefore asked for each time.
 */
function rememberSlots(exactDay: (unixMs: number) => string): (unixMs: number) => string {
  const dayBySlot = new Map<number, string>();
  const startDays = new Map<number, string>();
  // The start of one slot is the end of the one before: in a row of slots each is asked for once.
  const startDay = (slot: number): string => {
    const known = startDays.get(slot);
    if (known !== undefined) return known;
    const day = exactDay(slot * SLOT_MS);
    if (startDays.size >= MAX_SLOTS) startDays.clear();
    startDays.set(slot, day);
    return day;
  };
  return (unixMs) => {
    const slot = Math.floor(unixMs / SLOT_MS);
    const known = dayBySlot.get(slot);
    if (known !== undefined) return known;
    const first = startDay(slot);
    if (first !== startDay(slot + 1) && first !== exactDay((slot + 1) * SLOT_MS - 1)) return exactDay(unixMs);
    if (dayBySlot.size >= MAX_SLOTS) dayBySlot.clear();
    dayBySlot.set(slot, first);
    return first;
  };
}
