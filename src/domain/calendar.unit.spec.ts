import fc from 'fast-check';
import { dayIn, dayNumberIn, isTimeZone } from './calendar';

const HOUR = 3_600_000;

describe('dayIn', () => {
  it('is the day of the zone, asked in any order and more than once', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'UTC',
          'Europe/Berlin',
          'America/Sao_Paulo',
          'Asia/Kathmandu',
          'Pacific/Apia',
          'Africa/Monrovia',
          'Australia/Lord_Howe',
        ),
        fc.array(fc.integer({ min: 0, max: Date.UTC(2040, 0) }), { minLength: 1, maxLength: 20 }),
        (timeZone, times) => {
          const day = dayIn(timeZone);
          for (const time of [...times, ...times]) {
            // The Swedish locale writes ISO dates.
            expect(day(time)).toBe(new Date(time).toLocaleDateString('sv-SE', { timeZone }));
          }
        },
      ),
    );
  });

  it('turns at midnight, to the millisecond', () => {
    const berlin = dayIn('Europe/Berlin');
    const midnight = Date.UTC(2024, 6, 1) - 2 * HOUR;
    expect([berlin(midnight - 1), berlin(midnight)]).toEqual(['2024-06-30', '2024-07-01']);
    const winter = Date.UTC(2024, 0, 1) - HOUR;
    expect([berlin(winter - 1), berlin(winter)]).toEqual(['2023-12-31', '2024-01-01']);
    const kathmandu = dayIn('Asia/Kathmandu');
    const nepal = Date.UTC(2024, 0, 1) - 5.75 * HOUR;
    expect([kathmandu(nepal - 1), kathmandu(nepal)]).toEqual(['2023-12-31', '2024-01-01']);
  });

  it('turns inside a quarter of an hour where midnight falls there', () => {
    const monrovia = dayIn('Africa/Monrovia');
    const midnight = 44.5 * 60_000; // 44 minutes 30 seconds behind UTC until 1972
    expect([monrovia(midnight - 1), monrovia(midnight)]).toEqual(['1969-12-31', '1970-01-01']);
  });

  it('is the day of the zone where clocks are set over midnight, and where days are left out', () => {
    const MINUTE = 60_000;
    // In Newfoundland, clocks went from 0:01 back to 23:01; Samoa had no 30 December 2011.
    const hardTimes: [timeZone: string, from: number, to: number, step: number][] = [
      ['America/St_Johns', Date.UTC(2006, 9, 28), Date.UTC(2006, 9, 31), MINUTE / 2],
      ['Pacific/Apia', Date.UTC(2011, 11, 28), Date.UTC(2012, 0, 2), 7 * MINUTE],
      ['America/Sao_Paulo', Date.UTC(2018, 10, 2), Date.UTC(2018, 10, 6), 5 * MINUTE],
      ['America/Juneau', Date.UTC(1867, 9, 17), Date.UTC(1867, 9, 21), MINUTE],
      ['Africa/Monrovia', Date.UTC(1972, 0, 5), Date.UTC(1972, 0, 9), MINUTE / 2],
      ['Asia/Tokyo', Date.UTC(1599, 11, 30), Date.UTC(1600, 0, 4), 11 * MINUTE],
      ['Asia/Tokyo', Date.UTC(1500, 1, 26), Date.UTC(1500, 2, 13), 11 * MINUTE],
      ['Europe/Berlin', Date.UTC(9999, 10, 29), Date.UTC(9999, 11, 3), 11 * MINUTE],
    ];
    for (const [timeZone, from, to, step] of hardTimes) {
      const [day, dayNumber] = [dayIn(timeZone), dayNumberIn(timeZone)];
      const format = new Intl.DateTimeFormat('sv-SE-u-ca-iso8601', { timeZone });
      const wrong = [];
      for (let at = from; at < to; at += step)
        if (
          day(at) !== format.format(at).padStart(10, '0') ||
          dayNumber(at) !== Date.parse(day(at)) / (24 * HOUR)
        )
          wrong.push([timeZone, at, day(at), dayNumber(at)]);
      expect(wrong).toEqual([]);
    }
  });

  it('refuses what is no zone and no time', () => {
    expect(() => dayIn('Mars/Olympus')).toThrow(RangeError);
    expect(() => dayIn('UTC')(Number.NaN)).toThrow(RangeError);
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Olympus'), isTimeZone('')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
