import { isoFormat } from './iso-times';
import { wallTimeIn, zoneReader } from './zones';

const read = (text: string, timeZone = 'UTC'): string | undefined => {
  const unixMs = isoFormat.reader(zoneReader(timeZone), wallTimeIn(timeZone))(text);
  return unixMs === undefined ? undefined : new Date(unixMs).toISOString();
};

describe('a time in a file', () => {
  it.each([
    ['2010-12-01', '2010-12-01T00:00:00.000Z'],
    ['2010-12-01 08:26', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01 08:26:05', '2010-12-01T08:26:05.000Z'],
    ['2010-12-01T08:26:05.5', '2010-12-01T08:26:05.500Z'],
    ['2010-12-01T08:26:05.123456789', '2010-12-01T08:26:05.123Z'],
    ['2010-12-01T08:26:05Z', '2010-12-01T08:26:05.000Z'],
    ['2010-12-01t08:26z', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01T08:26:05+01:00', '2010-12-01T07:26:05.000Z'],
    ['2010-12-01 08:26:05 -0530', '2010-12-01T13:56:05.000Z'],
    ['2010-12-01 08:26:05+14', '2010-11-30T18:26:05.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0050-01-01', '0050-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '01/12/2010',
    '12/1/2010 8:26',
    '2010-13-01',
    '2010-02-30',
    '2023-02-29',
    '2010-12-01 24:00:00',
    '2010-12-01 08:60:00',
    '2010-12-01 08:26:05+15:00',
    '2010-12-01 08:26:05 CST',
    '20101201',
    '1291191960',
  ])('%j is none', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('without a zone is wall time in the zone asked for', () => {
    expect(read('2024-07-01 12:00', 'Europe/Berlin')).toBe('2024-07-01T10:00:00.000Z');
    expect(read('2024-01-01 12:00', 'Europe/Berlin')).toBe('2024-01-01T11:00:00.000Z');
    expect(read('2024-01-01', 'Asia/Kolkata')).toBe('2023-12-31T18:30:00.000Z');
    expect(read('2024-01-01', 'America/New_York')).toBe('2024-01-01T05:00:00.000Z');
  });

  it('with a zone of its own keeps it', () => {
    expect(read('2024-07-01T12:00:00Z', 'Europe/Berlin')).toBe('2024-07-01T12:00:00.000Z');
  });

  it('that the clocks show twice is the first of the two', () => {
    expect(read('2024-10-27 02:30', 'Europe/Berlin')).toBe('2024-10-27T00:30:00.000Z');
    expect(read('2024-11-03 01:30', 'America/New_York')).toBe('2024-11-03T05:30:00.000Z');
  });

  it('that the clocks leave out is read with the offset from before', () => {
    expect(read('2024-03-31 02:30', 'Europe/Berlin')).toBe('2024-03-31T01:30:00.000Z');
  });
});
