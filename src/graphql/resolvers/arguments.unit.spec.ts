import { checkSegment, thresholdOf } from './arguments';

describe('a threshold', () => {
  it('is the usual one of its basis when none is given', () => {
    expect([thresholdOf('NOW', null), thresholdOf('AT_ARRIVAL', undefined)]).toEqual(['2', '2']);
    expect(thresholdOf('ROBUST', null)).toBe('3.5');
  });

  it.each([
    [2, '2'],
    [2.5, '2.5'],
    [1.959964, '1.959964'],
    [0.000001, '0.000001'],
  ])('%p is taken to the digit', (threshold, decimal) => {
    expect(thresholdOf('NOW', threshold)).toBe(decimal);
  });

  it.each([0, -1, 1e-7, 1.1234567, 1e21, Number.NaN, Number.POSITIVE_INFINITY])(
    '%p is refused',
    (threshold) => {
      expect(() => thresholdOf('NOW', threshold)).toThrow('threshold: must be a number above zero');
    },
  );

  it('is at least 1 AT_ARRIVAL', () => {
    expect(thresholdOf('AT_ARRIVAL', 1)).toBe('1');
    expect(() => thresholdOf('AT_ARRIVAL', 0.99)).toThrow('threshold: must be 1 or more');
  });
});

describe('a segment', () => {
  it('goes by its name in any spelling', () => {
    expect(checkSegment("can't lose")).toBe("Can't Lose");
    expect(checkSegment('AT_RISK')).toBe('At Risk');
    expect(checkSegment(null)).toBeNull();
    expect(() => checkSegment('Best')).toThrow('segment: must be one of Hibernating, At Risk');
  });
});
