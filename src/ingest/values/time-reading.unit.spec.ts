import { timeFormat } from './time-formats';
import { type TimeDecision, timeReading } from './time-reading';

const NOW = Date.UTC(2026, 11, 1);

/** Reads one column of times; the first is in row 2. */
function decide(texts: readonly string[], { format, timeZone }: { format?: string; timeZone?: string } = {}) {
  const reading = timeReading({
    format: format === undefined ? undefined : timeFormat(format),
    timeZone,
    now: NOW,
  });
  const take = reading.column('ordered_at');
  for (const [i, text] of texts.entries()) take(text, i + 2);
  return reading.decide();
}

const iso = (unixMs: number | undefined): string | undefined =>
  unixMs === undefined
    ? undefined
    : new Date(unixMs)
        .toISOString()
        .replace(/:00\.000Z$/, '')
        .replace('.000Z', '');

const read = (decision: TimeDecision, text: string) => iso(decision.column('ordered_at').read(text));

describe('the times of a file', () => {
  it.each([
    ['2024-03-05', 'YYYY-MM-DD', '2024-03-05T00:00'],
    ['2024-03-05 10:22 PM', 'YYYY-MM-DD', '2024-03-05T22:22'],
    ['2024-3-5 9:05', 'YYYY-MM-DD', '2024-03-05T09:05'],
    ['2024-03-05 10:00:00 UTC', 'YYYY-MM-DD', '2024-03-05T10:00'],
    ['2024-03-05T10:00+01:00[Europe/Berlin]', 'YYYY-MM-DD', '2024-03-05T09:00'],
    ['2024-03-05 10:00 Europe/Berlin', 'YYYY-MM-DD', '2024-03-05T09:00'],
    ['12/31/2010 8:26', 'M/D/YYYY', '2010-12-31T08:26'],
    ['31/12/2010', 'D/M/YYYY', '2010-12-31T00:00'],
    ['5/5/2024', 'M/D/YYYY', '2024-05-05T00:00'],
    ['3/25/2024, 10:22:33 AM', 'M/D/YYYY', '2024-03-25T10:22:33'],
    ['3/25/2024, 12:22:33\u202fAM', 'M/D/YYYY', '2024-03-25T00:22:33'],
    ['3/25/2024 12:30 p.m.', 'M/D/YYYY', '2024-03-25T12:30'],
    ['3/25/2024 9 PM', 'M/D/YYYY', '2024-03-25T21:00'],
    ['Tue 03/05/2024', 'M/D/YYYY', '2024-03-05T00:00'],
    ['25-12-2024', 'D-M-YYYY', '2024-12-25T00:00'],
    ['12-25-2024', 'M-D-YYYY', '2024-12-25T00:00'],
    ['5.3.2024 14:07', 'D.M.YYYY', '2024-03-05T14:07'],
    ['05.03.2024 10:00:00 UTC', 'D.M.YYYY', '2024-03-05T10:00'],
    ['12.31.2024', 'M.D.YYYY', '2024-12-31T00:00'],
    ['2024/03/05', 'YYYY/MM/DD', '2024-03-05T00:00'],
    ['Mar-05-24', 'MMM-DD-YY', '2024-03-05T00:00'],
    ['05-MAR-2024', 'DD-MMM-YYYY', '2024-03-05T00:00'],
    ['5 March 2024', 'DD-MMM-YYYY', '2024-03-05T00:00'],
    ['5. März 2024', 'DD-MMM-YYYY', '2024-03-05T00:00'],
    ['5 de marzo de 2024', 'DD-MMM-YYYY', '2024-03-05T00:00'],
    ['5 mars 2024 10:00:00 UTC+1', 'DD-MMM-YYYY', '2024-03-05T09:00'],
    ['March 5, 2024', 'Month D, YYYY', '2024-03-05T00:00'],
    ['March 5th, 2024 at 10:22 PM', 'Month D, YYYY', '2024-03-05T22:22'],
    ['Mar 5, 2024 10:00:00 AM PST', 'Month D, YYYY', '2024-03-05T18:00'],
    ['Tue, 05 Mar 2024 10:00:00 +0100', 'DD-MMM-YYYY', '2024-03-05T09:00'],
    [
      'Tue Mar 05 2024 10:00:00 GMT+0100 (Central European Standard Time)',
      'Month D, YYYY',
      '2024-03-05T09:00',
    ],
    ['Tue Mar  5 10:00:00 2024', 'ddd MMM D HH:mm:ss YYYY', '2024-03-05T10:00'],
    ['Tue Mar 05 10:00:00 CET 2024', 'ddd MMM D HH:mm:ss Z YYYY', '2024-03-05T09:00'],
    ['3/25/24', 'M/D/YY', '2024-03-25T00:00'],
    ['31/12/24', 'D/M/YY', '2024-12-31T00:00'],
    ['24/12/31', 'YY/M/D', '2024-12-31T00:00'],
    ['5.3.24', 'D.M.YY', '2024-03-05T00:00'],
    ['20240305', 'YYYYMMDD', '2024-03-05T00:00'],
    ['20240305T101500Z', 'YYYYMMDD', '2024-03-05T10:15'],
    ['45356', 'excel', '2024-03-05T00:00'],
    ['43019.416666666664', 'excel', '2017-10-11T10:00'],
    ['43019,75', 'excel', '2017-10-11T18:00'],
    ['1709632800', 'unix', '2024-03-05T10:00'],
    ['1709632800000', 'unix-ms', '2024-03-05T10:00'],
  ])('%s is read as %s', (text, format, expected) => {
    const decision = decide([text]);
    expect(decision.refusal).toBeUndefined();
    expect(decision.column('ordered_at').format).toBe(format);
    expect(read(decision, text)).toBe(expected);
    expect(timeFormat(format)?.name).toBe(format);
  });

  it.each([
    'yesterday',
    '31/31/2024',
    '30.2.2024',
    'Wed 03/05/2024',
    '3/25/2024 13:00 PM',
    '3/25/2024 0:30 PM',
    '3/25/2024 10',
    '3/25/2024 24:00',
    '2024-03-05 10:00 XYZ',
    '2024-03-05 10:00 Europe/Bärlin',
    '5 Foo 2024',
    '123',
    '202403',
  ])('%s is none', (text) => {
    expect(read(decide([text]), text)).toBeUndefined();
  });

  it('are decided by any row that has only one reading', () => {
    const decision = decide(['3/4/2024', '', '5/6/2024', '12/31/2024']);
    expect(decision.refusal).toBeUndefined();
    expect(read(decision, '3/4/2024')).toBe('2024-03-04T00:00');
    expect(decision.column('ordered_at').note).toBe('M/D/YYYY: "3/4/2024" in row 2 is 2024-03-04');
  });

  it('are refused with both readings where day and month cannot be told apart', () => {
    expect(decide(['5/5/2024', '3/4/2024 10:00']).refusal).toBe(
      'ordered_at "3/4/2024 10:00" in row 3 is 2024-03-04 10:00:00 as M/D/YYYY, or 2024-04-03 10:00:00 as ' +
        'D/M/YYYY, and no row of the file decides. Say which it is: --date-format M/D/YYYY or ' +
        '--date-format D/M/YYYY.',
    );
  });

  it('are refused where one row proves the one order and one the other', () => {
    expect(decide(['3/4/2024', '12/31/2024', '31/12/2024']).refusal).toBe(
      'No one format fits every ordered_at: "12/31/2024" in row 3 is only M/D/YYYY, "31/12/2024" in row 4 ' +
        'is only D/M/YYYY. Say which it is, and rows that do not fit are refused: ' +
        '--date-format M/D/YYYY or --date-format D/M/YYYY.',
    );
  });

  it('have the order of day and month that another column proves', () => {
    const reading = timeReading({ now: NOW });
    reading.column('ordered_at')('3/4/2024', 2);
    reading.column('paid_at')('13/4/2024', 2);
    const decision = reading.decide();
    expect(decision.refusal).toBeUndefined();
    expect(read(decision, '3/4/2024')).toBe('2024-04-03T00:00');
  });

  it('may be of another form in each column', () => {
    const reading = timeReading({ now: NOW });
    reading.column('ordered_at')('2016-11-08', 2);
    reading.column('shipped_at')('11/13/2016', 2);
    const decision = reading.decide();
    expect(decision.columns.map(({ format }) => format)).toEqual(['YYYY-MM-DD', 'M/D/YYYY']);
  });

  it('are of the format of most rows, and the others are told what is wanted', () => {
    const decision = decide(['2017-10-11 10:00', '2017-10-11', '43019.4166', '1/2/2017']);
    expect(decision.refusal).toBeUndefined();
    expect(read(decision, '43019.4166')).toBeUndefined();
    expect(decision.column('ordered_at').problem('43019.4166')).toBe(
      'must be a date or time such as 2024-03-01 or 2024-03-01 09:30',
    );
  });

  it('are of the year 20YY where it has two digits, and it is said', () => {
    const decision = decide(['3/25/99']);
    expect(read(decision, '3/25/99')).toBe('2099-03-25T00:00');
    expect(decision.column('ordered_at').note).toBe(
      'M/D/YY, years as 20YY: "3/25/99" in row 2 is 2099-03-25',
    );
  });

  it('with two-digit years are asked about where three readings are left', () => {
    expect(decide(['03/04/05']).refusal).toContain(
      '2005-03-04 as M/D/YY, or 2005-04-03 as D/M/YY, or 2003-04-05 as YY/M/D',
    );
    // 2031 lies in the future.
    expect(decide(['13/04/05', '31/05/05']).column('ordered_at').format).toBe('D/M/YY');
  });

  it('without a zone are wall time in the zone asked for', () => {
    const decision = decide(['3/25/2024 10:00'], { timeZone: 'America/Sao_Paulo' });
    expect(read(decision, '3/25/2024 10:00')).toBe('2024-03-25T13:00');
    expect(read(decide(['45356.5'], { timeZone: 'America/Sao_Paulo' }), '45356.5')).toBe('2024-03-05T15:00');
    expect(read(decide(['1709632800'], { timeZone: 'America/Sao_Paulo' }), '1709632800')).toBe(
      '2024-03-05T10:00',
    );
  });

  it('with an abbreviation of several meanings are read in the zone of the file only', () => {
    const text = '2024-01-05 10:00 CST';
    const elsewhere = decide([text], { timeZone: 'Europe/Berlin' });
    expect(read(elsewhere, text)).toBeUndefined();
    expect(elsewhere.column('ordered_at').problem(text)).toContain('CST is UTC-6 or UTC+8 or UTC-5');
    expect(read(decide([text], { timeZone: 'America/Chicago' }), text)).toBe('2024-01-05T16:00');
    expect(read(decide([text], { timeZone: 'Asia/Shanghai' }), text)).toBe('2024-01-05T02:00');
  });
});

describe('a date format that is asked for', () => {
  it.each([
    ['D/M/YYYY', '3/4/2024 9:00', '2024-04-03T09:00'],
    ['dd.MM.yyyy', '03.04.2024', '2024-04-03T00:00'],
    ['mm/dd/yyyy', '03/04/2024', '2024-03-04T00:00'],
    ['YYYY/DD/MM', '2024/04/03', '2024-03-04T00:00'],
    ['DDMMYYYY', '03042024', '2024-04-03T00:00'],
    ['YYMMDD', '240305', '2024-03-05T00:00'],
    ['D.M.YYYY H:mm', '3.4.2024 9:05', '2024-04-03T09:05'],
    ['DD/MM/YYYY hh:mm A', '03/04/2024 09:05 PM', '2024-04-03T21:05'],
    ['D/M/YYYY H:mm:ss Z', '3/4/2024 9:00:00 +0200', '2024-04-03T07:00'],
    ['iso', '2024-03-05', '2024-03-05T00:00'],
  ])('%s reads %s', (format, text, expected) => {
    expect(read(decide([text], { format }), text)).toBe(expected);
  });

  it('settles what is ambiguous, and refuses what does not fit', () => {
    const decision = decide(['3/4/2024', '31/12/2024', '12/31/2024'], { format: 'D/M/YYYY' });
    expect(decision.refusal).toBeUndefined();
    expect(read(decision, '12/31/2024')).toBeUndefined();
    expect(decision.column('ordered_at').problem('12/31/2024')).toBe('must be a time of the format D/M/YYYY');
  });

  it.each(['', 'D/M', 'foo', 'M/M/D/YYYY', 'D/M/YYYY mm'])('%j is none', (name) => {
    expect(timeFormat(name)).toBeUndefined();
  });
});

describe('a date format that files of a kind have', () => {
  const expecting = (expected: string, text: string) => {
    const reading = timeReading({ expected: [timeFormat(expected)].flatMap((f) => f ?? []), now: NOW });
    reading.column('ordered_at')(text, 2);
    return reading.decide();
  };

  it('settles what is ambiguous', () => {
    expect(read(expecting('D/M/YYYY', '3/4/2024'), '3/4/2024')).toBe('2024-04-03T00:00');
    expect(read(expecting('MM/DD/YY', '03/04/05'), '03/04/05')).toBe('2005-03-04T00:00');
  });

  it('gives way to what the file proves', () => {
    expect(read(expecting('D/M/YYYY', '3/25/2024'), '3/25/2024')).toBe('2024-03-25T00:00');
    expect(read(expecting('M/D/YYYY', '2016-11-08'), '2016-11-08')).toBe('2016-11-08T00:00');
  });
});
