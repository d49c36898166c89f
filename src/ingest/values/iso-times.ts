import { inZone, patternFormat, type TimeFormat, utcMidnight } from './date-pattern';

const DATE = /(\d{4})-(\d{2})-(\d{2})/;
const TIME = /(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?/;
const ZONE = /(Z|[+-]\d{2}(?::?\d{2})?)/;
const TIMESTAMP = new RegExp(`^${DATE.source}(?:[T ]${TIME.source})?(?: ?${ZONE.source})?$`, 'i');

const NAME = 'YYYY-MM-DD';
const WIDER = patternFormat(NAME) as TimeFormat;

/**
 * ISO 8601 (`2024-03-01`, `2024-03-01T09:30:00.5+01:00`), also with a blank for the T, with 12 hours, or with
 * the name of a zone. A date is its midnight.
 */
export const isoFormat: TimeFormat = {
  ...WIDER,
  reader: (zoneOf, toUtc) => {
    const readWider = WIDER.reader(zoneOf, toUtc);
    return (text) => {
      const match = TIMESTAMP.exec(text);
      if (match === null) return readWider(text);
      const wallMs = wallTime(match);
      return wallMs === undefined ? undefined : inZone(wallMs, match[8], zoneOf, toUtc);
    };
  },
};

/** Most lines have the time of the line before. */
export function rememberLast(
  read: (text: string) => number | undefined,
): (text: string) => number | undefined {
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
  const [hour, minute, second] = [part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const midnight = utcMidnight(part(1), part(2), part(3));
  if (midnight === undefined) return undefined;
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}
