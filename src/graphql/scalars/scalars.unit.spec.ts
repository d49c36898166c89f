import { parseValue } from 'graphql';
import { DateScalar } from './date.scalar';
import { DateTimeScalar } from './date-time.scalar';
import { DecimalScalar } from './decimal.scalar';
import { WholeNumberScalar } from './whole-number.scalar';

const literal = (scalar: { parseLiteral(node: ReturnType<typeof parseValue>): unknown }, text: string) =>
  scalar.parseLiteral(parseValue(text));

describe('Decimal', () => {
  it.each(['0', '12.50', '-0.05', '99999999999999999999.0001'])('takes the string %s as it is', (text) => {
    expect(DecimalScalar.parseValue(text)).toBe(text);
    expect(literal(DecimalScalar, JSON.stringify(text))).toBe(text);
  });

  it('takes any number of zeros at the end, and the literals of whole numbers', () => {
    const text = `1.5${'0'.repeat(99)}`;
    expect(DecimalScalar.parseValue(text)).toBe(text);
    expect(literal(DecimalScalar, '750.00')).toBe('750');
  });

  it('takes whole numbers', () => {
    expect(DecimalScalar.parseValue(12)).toBe('12');
    expect(literal(DecimalScalar, '12')).toBe('12');
  });

  it.each([12.5, '', ' 1', '1,000', '1e5', '+1', '.5', '5.', 'NaN', 2 ** 53, null, true, {}, '1'.repeat(31)])(
    'refuses %p',
    (value) => {
      expect(() => DecimalScalar.parseValue(value)).toThrow('Decimal is written as a string');
    },
  );

  it('refuses a fraction that is no string in a document too', () => {
    expect(() => literal(DecimalScalar, '12.5')).toThrow('Decimal is written as a string');
  });
});

describe('DateTime', () => {
  it.each([
    ['2024-05-31T18:30:00Z', '2024-05-31T18:30:00.000Z'],
    ['2024-05-31T20:30:00+02:00', '2024-05-31T18:30:00.000Z'],
    ['2024-05-31t18:30:00.123456789z', '2024-05-31T18:30:00.123Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => {
    expect(DateTimeScalar.serialize(DateTimeScalar.parseValue(text))).toBe(instant);
    expect(literal(DateTimeScalar, JSON.stringify(text))).toBe(Date.parse(instant));
  });

  it.each([
    '2024-05-31',
    '2024-05-31T18:30:00',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-05-31T24:00:00Z',
    '2024-05-31T18:60:00Z',
    '+012024-05-31T18:30:00Z',
    1717180200000,
    null,
  ])('refuses %p', (value) => {
    expect(() => DateTimeScalar.parseValue(value)).toThrow('DateTime is an RFC 3339 time');
  });
});

describe('WholeNumber', () => {
  it('is a JSON number as long as that is exact, then text', () => {
    expect([0, -5, 2 ** 53 - 1, 3n].map((value) => WholeNumberScalar.serialize(value))).toEqual([
      0,
      -5,
      2 ** 53 - 1,
      3,
    ]);
    expect(WholeNumberScalar.serialize(2n ** 53n + 1n)).toBe('9007199254740993');
  });

  it.each([1.5, 2 ** 53, Number.NaN, '7', null])('is never %p', (value) => {
    expect(() => WholeNumberScalar.serialize(value)).toThrow('WholeNumber cannot be');
  });
});

describe('Date', () => {
  it('takes days of the calendar', () => {
    expect(DateScalar.parseValue('2024-02-29')).toBe('2024-02-29');
    expect(literal(DateScalar, '"0001-01-01"')).toBe('0001-01-01');
  });

  it.each(['2023-02-29', '2024-5-1', '0000-01-01', '2024-05-31T00:00:00Z', '', 20240531])(
    'refuses %p',
    (value) => {
      expect(() => DateScalar.parseValue(value)).toThrow('Date is a day of the calendar');
    },
  );
});
