/**
 * How far the clocks of a time zone are ahead of UTC: a function from Unix milliseconds to milliseconds.
 * @param timeZone IANA name
 * @throws RangeError when there is no such zone
 */
export function zoneOffset(timeZone: string): (unixMs: number) => number {
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
    // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
    wall.setUTCFullYear(part('year'), part('month') - 1, part('day'));
    return wall.setUTCHours(part('hour'), part('minute'), part('second')) - whole;
  };
}
