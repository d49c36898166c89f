import { MONTH_NAME, monthOf, weekdayOf } from './month-names';
import { type ClockParts, TIME_OF_DAY, timeOfDay, ZONE } from './time-of-day';
import type { Zone } from './zones';

/** Which part of a date comes first, where all are numbers: they can be taken for one another. */
export type DayOrder = 'MDY' | 'DMY' | 'YMD';

/** How a file may write its times. */
export interface TimeFormat {
  /** as `--date-format` takes it, and as reports name it */
  name: string;
  /** undefined where no other order of the same numbers is a date */
  order?: DayOrder;
  twoDigitYear: boolean;
  /**
   * @param zoneOf what the name of a zone means
   * @param toUtc wall milliseconds of a time without a zone to Unix milliseconds
   * @returns a reader of cells: Unix milliseconds, undefined for what is not of this format
   */
  reader(zoneOf: (name: string) => Zone, toUtc: (wallMs: number) => number): ReadTime;
}

export type ReadTime = (text: string) => number | undefined;

const WEEKDAY = String.raw`(?:(?<weekday>[A-Za-z]{3,9})\.?,? )?`;

/** A token of a pattern, and what it matches. */
const TOKENS: readonly { token: RegExp; matches: string; part: string }[] = [
  { token: /^YYYY/, matches: String.raw`(?<year>\d{4})`, part: 'year' },
  { token: /^YY/, matches: String.raw`(?<year2>\d{2})`, part: 'year' },
  { token: /^(?:Month|MMMM|MMM)/, matches: `(?<name>${MONTH_NAME})`, part: 'month' },
  { token: /^MM?/, matches: String.raw`(?<month>\d{1,2})`, part: 'month' },
  { token: /^(?:dddd|ddd)/, matches: '(?<weekday>[A-Za-z]{3,9})', part: 'weekday' },
  { token: /^DD?/, matches: String.raw`(?<day>\d{1,2})`, part: 'day' },
  { token: /^(?:HH|H|hh|h)/, matches: String.raw`(?<hour>\d{1,2})`, part: 'hour' },
  { token: /^mm/, matches: String.raw`(?<minute>\d{2})`, part: 'minute' },
  { token: /^ss/, matches: String.raw`(?<second>\d{2})`, part: 'second' },
  { token: /^S{1,9}/, matches: String.raw`(?<fraction>\d{1,9})`, part: 'fraction' },
  { token: /^[Aa]/, matches: String.raw`(?<half>[AaPp]\.?[Mm]\.?)`, part: 'half' },
  { token: /^[Zz]/, matches: ZONE, part: 'zone' },
];

/** Tokens that `--date-format` may be made of, for messages. */
export const PATTERN_TOKENS = 'YYYY, YY, M, D, MMM, ddd, H, h, mm, ss, S, A and Z';

interface Piece {
  /** '' for characters that stand for themselves */
  part: string;
  text: string;
  matches: string;
}

/**
 * Makes a format of a pattern such as `M/D/YYYY` or `D.M.YYYY H:mm`. Days and months may have one digit or
 * two. Behind a pattern without hours a time of day may follow, and a zone.
 * @returns undefined unless year, month and day stand in it once each, and nothing else twice
 */
export function patternFormat(pattern: string): TimeFormat | undefined {
  const pieces = piecesOf(inOurCase(pattern));
  const parts = pieces.map(({ part }) => part).filter((part) => part !== '');
  if (new Set(parts).size < parts.length) return undefined;
  if (!['year', 'month', 'day'].every((part) => parts.includes(part))) return undefined;
  if (parts.includes('minute') && !parts.includes('hour')) return undefined;
  const body = parts.includes('month') && /MMM|Month/.test(pattern) ? wordsOf(pieces) : numbersOf(pieces);
  const before = parts.includes('weekday') ? '' : WEEKDAY;
  const behind = parts.includes('hour') ? '' : TIME_OF_DAY;
  const expression = new RegExp(`^${before}${body}${behind}$`, 'i');
  return {
    name: pattern,
    order: body.includes('<name>') ? undefined : orderOf(parts),
    twoDigitYear: body.includes('<year2>'),
    reader: (zoneOf, toUtc) => (text) => {
      const groups = expression.exec(plainBlanks(text))?.groups;
      return groups === undefined ? undefined : timeOf(groups, zoneOf, toUtc);
    },
  };
}

/** Others write `dd.MM.yyyy`, and `mm/dd/yyyy` where there are no minutes. */
function inOurCase(pattern: string): string {
  const days = pattern.replace(/yyyy|yy/g, (years) => years.toUpperCase());
  const withDays = days.replace(/(?<![a-z])d{1,2}(?![a-z])/g, (day) => day.toUpperCase());
  return /M/.test(withDays)
    ? withDays
    : withDays.replace(/(?<![a-z])m{1,4}(?![a-z])/, (m) => m.toUpperCase());
}

function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  for (let rest = pattern; rest !== ''; ) {
    const found = TOKENS.find(({ token }) => token.test(rest));
    const text = found?.token.exec(rest)?.[0] ?? rest.charAt(0);
    pieces.push({ part: found?.part ?? '', text, matches: found?.matches ?? literal(text) });
    rest = rest.slice(text.length);
  }
  return pieces;
}

const literal = (character: string): string =>
  character === ' ' ? ' ' : character.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** Numbers that touch have all their digits. */
function numbersOf(pieces: readonly Piece[]): string {
  const isNumber = (piece: Piece | undefined) => piece !== undefined && /\\d/.test(piece.matches);
  return pieces
    .map((piece, i) => {
      const touches = isNumber(pieces[i - 1]) || isNumber(pieces[i + 1]);
      return touches ? piece.matches.replace(String.raw`\d{1,2}`, String.raw`\d{2}`) : piece.matches;
    })
    .join('');
}

const SEPARATORS = '(?:[ ,./-]{1,3}| de )';

/** A month in letters can be nothing else: whatever separates it will do, and `5th` is a day. */
function wordsOf(pieces: readonly Piece[]): string {
  let words = '';
  for (const { part, text, matches } of pieces) {
    if (part === '' && /[ ,./-]/.test(text)) words += words.endsWith(SEPARATORS) ? '' : SEPARATORS;
    else words += part === 'day' ? `${matches}(?:st|nd|rd|th)?` : matches;
  }
  return words;
}

function orderOf(parts: readonly string[]): DayOrder | undefined {
  const order = parts
    .filter((part) => part === 'year' || part === 'month' || part === 'day')
    .map((part) => part.charAt(0).toUpperCase())
    .join('');
  return order === 'MDY' || order === 'DMY' || order === 'YMD' ? order : undefined;
}

/** White space of every kind as one blank: programs write a narrow one before AM. */
const plainBlanks = (text: string): string => (/[^\x21-\x7e]/.test(text) ? text.replace(/\s+/g, ' ') : text);

type Groups = Record<string, string | undefined>;

function timeOf(
  groups: Groups,
  zoneOf: (name: string) => Zone,
  toUtc: (wallMs: number) => number,
): number | undefined {
  const day = midnightOf(groups);
  const time = timeOfDay(groups as ClockParts);
  if (day === undefined || time === undefined) return undefined;
  const zoneName = groups.offset ?? groups.zone ?? groups.offsetAlone ?? groups.zoneAlone;
  return inZone(day + time, zoneName, zoneOf, toUtc);
}

/** Unix milliseconds of a wall time: in the zone of that name, or in the file's where it has none. */
export function inZone(
  wallMs: number,
  zoneName: string | undefined,
  zoneOf: (name: string) => Zone,
  toUtc: (wallMs: number) => number,
): number | undefined {
  if (zoneName === undefined) return toUtc(wallMs);
  const zone = zoneOf(zoneName);
  if ('problem' in zone) return undefined;
  if ('offsetMs' in zone) return wallMs - zone.offsetMs;
  const unixMs = zone.toUtc(wallMs);
  return Number.isNaN(unixMs) ? undefined : unixMs;
}

function midnightOf({ year, year2, month, name, day, weekday }: Groups): number | undefined {
  const fullYear = year === undefined ? 2000 + Number(year2) : Number(year);
  const monthNumber = name === undefined ? Number(month) : monthOf(name);
  if (monthNumber === undefined) return undefined;
  const midnight = utcMidnight(fullYear, monthNumber, Number(day));
  if (midnight === undefined || weekday === undefined) return midnight;
  return weekdayOf(weekday) === new Date(midnight).getUTCDay() ? midnight : undefined;
}

/** Unix milliseconds of midnight UTC, undefined where the calendar has no such day. @param month from 1 */
export function utcMidnight(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}
