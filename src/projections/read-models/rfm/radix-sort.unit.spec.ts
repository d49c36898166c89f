import fc from 'fast-check';
import { sortedByKey } from './radix-sort';

describe('sortedByKey', () => {
  const number = fc.oneof(
    fc.nat(3),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).map((value) => value + 0),
  );

  it('sorts as comparing does, and leaves equal keys as they stood', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 1500, size: 'max' }), fc.boolean(), (keys, backwards) => {
        const items = keys.map((_, item) => item);
        if (backwards) items.reverse();
        const expected = [...items].sort((a, b) => (keys[a] as number) - (keys[b] as number) || 0);
        expect(Array.from(sortedByKey(Int32Array.from(items), Float64Array.from(keys)))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
