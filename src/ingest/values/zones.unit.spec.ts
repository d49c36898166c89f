import fc from 'fast-check';
import { wallTimeIn, zoneReader } from './zones';

const iso = (unixMs: number): string => new Date(unixMs).toISOString();
const wall = (text: string): number => Date.parse(`${text}Z`);

describe('wall time in a zone', () => {
  it('is what its clocks show', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'America/Sao_Paulo',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2030, 0) }),
        (timeZone, unixMs) => {
          const second = Math.floor(unixMs / 1000) * 1000;
          const format = new Intl.DateTimeFormat('sv-SE', {
            timeZone,
            dateStyle: 'short',
            timeStyle: 'medium',
          });
          const shown = format.format(second);
          // A time that is shown twice is the first of the two, which shows the same.
          expect(format.format(wallTimeIn(timeZone)(wall(shown.replace(' ', 'T'))))).toBe(shown);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is right where clocks change within a quarter of an hour', () => {
    const toUtc = wallTimeIn('America/St_Johns');
    expect(iso(toUtc(wall('2006-04-02T00:00:30')))).toBe('2006-04-02T03:30:30.000Z');
    expect(iso(toUtc(wall('2006-04-02T01:02:00')))).toBe('2006-04-02T03:32:00.000Z');
  });
});

describe('the name of a zone', () => {
  it.each([
    ['Z', 0],
    ['+0530', 5.5],
    ['-03:00', -3],
    ['GMT+1', 1],
    ['PDT', -7],
    ['cest', 2],
  ])('%s is %s hours ahead', (name, hours) => {
    expect(zoneReader('UTC')(name)).toEqual({ offsetMs: hours * 3_600_000 });
  });

  it.each(['+15:00', 'XYZ', 'Mars/Base', 'EST5EDT'])('%s is none', (name) => {
    expect(zoneReader('UTC')(name)).toHaveProperty('problem');
  });
});
