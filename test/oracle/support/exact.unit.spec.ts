import { isRounded, isRoundedRoot } from './exact';

describe('the check of a rounded decimal', () => {
  const third = { numerator: 2n, denominator: 3n };
  it.each([
    ['0.67', third, true],
    ['0.66', third, false],
    ['1', third, true],
    ['-0.67', { numerator: -2n, denominator: 3n }, true],
    ['0.3', { numerator: 25n, denominator: 100n }, true],
    ['0.2', { numerator: 25n, denominator: 100n }, false],
    ['-0.3', { numerator: -25n, denominator: 100n }, true],
    ['-0.2', { numerator: -25n, denominator: 100n }, false],
  ])('says of %s', (text, fraction, expected) => {
    expect(isRounded(text, fraction)).toBe(expected);
  });

  it.each([
    ['1.4142', 2n, true],
    ['1.4143', 2n, false],
    ['1.4141', 2n, false],
    ['0', 0n, true],
    ['3.00', 9n, true],
    ['2.99', 9n, false],
  ])('says of the root %s', (text, numerator, expected) => {
    expect(isRoundedRoot(text, { numerator, denominator: 1n })).toBe(expected);
  });
});
