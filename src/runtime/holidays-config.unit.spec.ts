import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-holidays-'));
afterAll(() => rmSync(folder, { recursive: true }));

const holidaysOf = (text: string) => {
  const path = join(folder, 'holidays.csv');
  writeFileSync(path, text);
  return readConfig({ HOLIDAYS_PATH: path }).holidays;
};

test('there are no holidays unless they are given', () => {
  expect(readConfig({}).holidays).toEqual([]);
  expect(holidaysOf('')).toEqual([]);
});

test('holidays are of one year or of every year, a line each', () => {
  expect(
    holidaysOf(
      '\uFEFF2025-04-18,Good Friday\r\n\n12-25, Christmas Day \n02-29,"Leap, ' +
        'and ""look"""\n"06-24",Midsummer',
    ),
  ).toEqual([
    { day: '2025-04-18', name: 'Good Friday' },
    { day: '12-25', name: 'Christmas Day' },
    { day: '02-29', name: 'Leap, and "look"' },
    { day: '06-24', name: 'Midsummer' },
  ]);
});

test('every line that is none is named', () => {
  expect(() => holidaysOf('04-18,A\nEaster\n2025-02-29,A\n\n13-01,A day\n12-25, ')).toThrow(
    /4 problems:\n.*line 2: give 2026-04-03,Name or 12-25,Name\n.*line 3: .*\n.*line 5: .*\n.*line 6: .*$/,
  );
});

test('a name with a comma and a quote that is not closed are named', () => {
  expect(() => holidaysOf('12-25,Christmas\n12-26,Boxing, the day')).toThrow(
    /, line 2: give .*; a name with a comma stands in quotes$/,
  );
  expect(() => holidaysOf('12-25,"Christmas\n12-26,Boxing Day')).toThrow(
    /HOLIDAYS_PATH=.*, line 2: Quote Not Closed/,
  );
});

test('a file that cannot be read is named', () => {
  expect(() => readConfig({ HOLIDAYS_PATH: 'none.csv' })).toThrow(
    /^Configuration: HOLIDAYS_PATH=none\.csv cannot be read: .*no such file/,
  );
});
