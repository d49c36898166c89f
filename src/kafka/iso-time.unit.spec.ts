import fc from 'fast-check';
import { isoTime, msOfIsoTime } from './iso-time';

const LAST_MS = 8_640_000_000_000_000;

it('formats and reads times as a Date does, even before 1970 and in years with more than four digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: -LAST_MS, max: LAST_MS }), (ms) => {
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
      expect(msOfIsoTime(isoTime(ms))).toBe(ms);
    }),
    { examples: [[0], [-1], [86_399_999], [86_400_000], [-LAST_MS], [LAST_MS]] },
  );
});

it('stays right after thousands of days', () => {
  for (let day = 0; day < 5_000; day++) {
    const ms = day * 86_400_000 + day;
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    expect(msOfIsoTime(isoTime(ms))).toBe(ms);
  }
});

it('refuses times that a Date cannot hold', () => {
  expect(() => isoTime(LAST_MS + 86_400_000)).toThrow(RangeError);
  expect(() => isoTime(Number.NaN)).toThrow(RangeError);
});
