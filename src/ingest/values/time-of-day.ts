/** Joins the parts of an expression. */
const all = (...parts: string[]): string => parts.join('');
const optional = (...parts: string[]): string => `(?:${parts.join('')})?`;

const HOUR = String.raw`(?<hour>\d{1,2})`;
const MINUTE = String.raw`:(?<minute>\d{2})`;
const SECOND = String.raw`:(?<second>\d{2})`;
const FRACTION = String.raw`[.,](?<fraction>\d{1,9})`;
const HALF = String.raw` ?(?<half>[ap]\.?m\.?)`;
const CLOCK = all(HOUR, optional(MINUTE, optional(SECOND, optional(FRACTION))), optional(HALF));

const OFFSET = String.raw`(?<offset>(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)`;
const ZONE_NAMES = [
  String.raw`[A-Z][A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+`,
  String.raw`[A-Z][a-z]+ Time \(US & Canada\)`,
  '[A-Z]{1,5}',
  'Arizona|Alaska|Hawaii',
];
const ZONE_NAME = String.raw`[([]?(?<zone>${ZONE_NAMES.join('|')})[)\]]?`;
/** What programs say of an offset once more: `[Europe/Berlin]`, `(Central European Time)`. */
const IN_BRACKETS = String.raw` ?[([][^)\]]*[)\]]`;

/** A zone behind a time: an offset, or a name. */
export const ZONE = `(?:${OFFSET}${optional(IN_BRACKETS)}|${ZONE_NAME})`;

/** Between a date and its time. */
const BETWEEN = '(?:,? at |,? - |, ?| |T)';
const ZONE_ALONE = ZONE.replace(/<(\w+)>/g, '<$1Alone>');

/** The rest of a cell that began with a date: nothing, a time of 24 or 12 hours, a zone. */
export const TIME_OF_DAY = `(?:${BETWEEN}${CLOCK}${optional(' ?', ZONE)}| ${ZONE_ALONE})?`;

/** The parts of a time of day as texts. */
export interface ClockParts {
  hour?: string;
  minute?: string;
  second?: string;
  fraction?: string;
  half?: string;
}

/** Milliseconds since midnight; undefined when there is no such time. No parts at all are midnight. */
export function timeOfDay({ hour, minute, second, fraction, half }: ClockParts): number | undefined {
  if (hour === undefined) return 0;
  if (minute === undefined && half === undefined) return undefined;
  const hours = half === undefined ? Number(hour) : hourOf12(Number(hour), half);
  const [minutes, seconds] = [Number(minute ?? 0), Number(second ?? 0)];
  if (hours === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

/** 12 AM is midnight, 12 PM noon. Some programs write 0:30 AM; 13 PM is a contradiction. */
function hourOf12(hour: number, half: string): number | undefined {
  const afternoon = half.startsWith('p') || half.startsWith('P');
  if (hour > 12 || (hour === 0 && afternoon)) return undefined;
  return (hour % 12) + (afternoon ? 12 : 0);
}
