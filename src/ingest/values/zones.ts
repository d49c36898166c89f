import { DAY_MS, isTimeZone } from '../../domain/calendar';
import { zoneOffset } from '../../domain/zone-offset';

/** What a text behind a time says of its zone. */
export type Zone = { offsetMs: number } | { toUtc: (wallMs: number) => number } | { problem: string };

const HOUR_MS = 3_600_000;
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/**
 * Abbreviations with the hours ahead of UTC that they stand for. Those of North America are as RFC 2822 has
 * them. One with several is read only where the zone of the file is one of them.
 */
const ABBREVIATIONS: Readonly<Record<string, readonly number[]>> = {
  Z: [0],
  UTC: [0],
  UT: [0],
  GMT: [0],
  WET: [0],
  WEST: [1],
  CET: [1],
  CEST: [2],
  MEZ: [1],
  MESZ: [2],
  EET: [2],
  EEST: [3],
  MSK: [3],
  BRT: [-3],
  ART: [-3],
  PST: [-8],
  PDT: [-7],
  MST: [-7],
  MDT: [-6],
  CDT: [-5],
  EST: [-5],
  EDT: [-4],
  AKST: [-9],
  AKDT: [-8],
  HST: [-10],
  JST: [9],
  KST: [9],
  HKT: [8],
  SGT: [8],
  AWST: [8],
  ACST: [9.5],
  ACDT: [10.5],
  AEST: [10],
  AEDT: [11],
  NZST: [12],
  NZDT: [13],
  SAST: [2],
  // China, North America, Cuba; Ireland, Israel, India; Britain, Bangladesh; Atlantic, Arabia.
  CST: [-6, 8, -5],
  IST: [5.5, 2, 1],
  BST: [1, 6],
  AST: [-4, 3],
  ADT: [-3],
};

/** Names that American tills write. */
const WRITTEN_OUT: Readonly<Record<string, string>> = {
  'Eastern Time (US & Canada)': 'America/New_York',
  'Central Time (US & Canada)': 'America/Chicago',
  'Mountain Time (US & Canada)': 'America/Denver',
  'Pacific Time (US & Canada)': 'America/Los_Angeles',
  Arizona: 'America/Phoenix',
  Alaska: 'America/Juneau',
  Hawaii: 'Pacific/Honolulu',
};

/**
 * Reads the names of zones: `Z`, `+01:00`, `+0100`, `GMT+1`, `UTC`, `PST`, `Europe/Berlin`.
 * @param home the zone of the file, which decides what an abbreviation with several meanings stands for
 */
export function zoneReader(home: string): (name: string) => Zone {
  const known = new Map<string, Zone>();
  const homeOffsetAt = wallOffsetIn(home);
  return (name) => {
    let zone = known.get(name);
    if (zone === undefined) {
      zone = readZone(name, homeOffsetAt);
      known.set(name, zone);
    }
    return zone;
  };
}

function readZone(name: string, homeOffsetAt: (wallMs: number) => number): Zone {
  const offset = OFFSET.exec(name);
  if (offset !== null) return numericOffset(offset);
  const hours = ABBREVIATIONS[name.toUpperCase()];
  if (hours?.length === 1) return { offsetMs: Number(hours[0]) * HOUR_MS };
  if (hours !== undefined) return abbreviationAtHome(name, hours, homeOffsetAt);
  const timeZone = WRITTEN_OUT[name] ?? name;
  // Intl knows abbreviations of its own, which mean something else in places.
  if ((timeZone.includes('/') || name in WRITTEN_OUT) && isTimeZone(timeZone))
    return { toUtc: wallTimeIn(timeZone) };
  return { problem: `no time zone is called ${name}` };
}

function numericOffset([, sign, hourText, minuteText = '0']: RegExpExecArray): Zone {
  const [hours, minutes] = [Number(hourText), Number(minuteText)];
  if (hours > 14 || minutes > 59) return { problem: 'no zone is so far from UTC' };
  return { offsetMs: (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000 };
}

function abbreviationAtHome(
  name: string,
  hours: readonly number[],
  homeOffsetAt: (wallMs: number) => number,
): Zone {
  const offsets = hours.map((hour) => hour * HOUR_MS);
  const toUtc = (wallMs: number): number => {
    const offset = homeOffsetAt(wallMs);
    return offsets.includes(offset) ? wallMs - offset : Number.NaN;
  };
  // Winter or summer may fit; a time that does not is refused by the reader.
  const fitsAtTimes = [0, DAY_MS * 182].some((wallMs) => !Number.isNaN(toUtc(WITHIN_LIVING_MEMORY + wallMs)));
  if (fitsAtTimes) return { toUtc };
  const meanings = hours.map((hour) => `UTC${hour < 0 ? '' : '+'}${hour}`).join(' or ');
  return { problem: `${name} is ${meanings}` };
}

const WITHIN_LIVING_MEMORY = Date.UTC(2024, 0, 1);

/**
 * Wall time of a zone to Unix milliseconds. When the clocks change, a repeated wall time is the first of the
 * two, and one that is skipped is read with the offset from before.
 * @param timeZone IANA name
 * @returns a function of wall milliseconds: those that the same reading would be in UTC
 */
export function wallTimeIn(timeZone: string): (wallMs: number) => number {
  if (timeZone === 'UTC') return (wallMs) => wallMs;
  const offsetAt = offsetIn(timeZone);
  return (wallMs) => {
    // The offset is that of a day before or of a day after: no zone changes twice within two days.
    const before = wallMs - offsetAt(wallMs - DAY_MS);
    const after = wallMs - offsetAt(wallMs + DAY_MS);
    const fits = [before, after].filter((utc) => utc + offsetAt(utc) === wallMs);
    return fits.length > 0 ? Math.min(...fits) : before;
  };
}

function wallOffsetIn(timeZone: string): (wallMs: number) => number {
  const toUtc = wallTimeIn(timeZone);
  return (wallMs) => wallMs - toUtc(wallMs);
}

const QUARTER_MS = 900_000;
const MAX_QUARTERS = 65_536;

/**
 * Offset of a zone from UTC in milliseconds, at a time in Unix milliseconds. It is remembered for each
 * quarter of an hour, save for those within which the clocks change (St. John's did so at 00:01).
 */
function offsetIn(timeZone: string): (unixMs: number) => number {
  const exact = zoneOffset(timeZone);
  const byQuarter = new Map<number, number>();
  return (unixMs) => {
    const quarter = Math.floor(unixMs / QUARTER_MS);
    const known = byQuarter.get(quarter);
    if (known !== undefined) return known;
    const offset = exact(unixMs);
    const [first, last] = [exact(quarter * QUARTER_MS), exact((quarter + 1) * QUARTER_MS - 1)];
    if (first !== last) return offset;
    if (byQuarter.size >= MAX_QUARTERS) byQuarter.clear();
    byQuarter.set(quarter, offset);
    return offset;
  };
}
