import fc from 'fast-check';
import { Measures } from './measures';

describe('Measures', () => {
  const step = fc.bigInt({ min: -2n, max: 2n });
  const edge = fc.constantFrom(0n, 2n ** 53n, 2n ** 63n, 2n ** 64n, 10n ** 25n);
  const amount = fc.tuple(edge, step, fc.boolean()).map(([at, by, less]) => (less ? -at : at) + by);

  it('keeps, adds up, copies and orders net sales of any size', () => {
    const rows = fc.array(fc.tuple(fc.nat(3), amount, fc.boolean()), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(rows, (changes) => {
        const [measures, others] = [new Measures(), new Measures()];
        const expected = [0n, 0n, 0n, 0n];
        for (const row of expected.keys()) measures.clear(row);
        for (const [row, by, puts] of changes) {
          const safe = by > -(2n ** 53n) && by < 2n ** 53n;
          expected[row] = puts ? by : (expected[row] as bigint) + by;
          if (puts) measures.put(row, { ...measures.row(row), monetary: by });
          else measures.addMonetary(row, safe ? Number(by) : by);
        }
        for (const row of expected.keys()) others.copy(row, measures, row);
        for (const [a, ofA] of expected.entries()) {
          expect(measures.row(a).monetary).toBe(ofA);
          for (const [b, ofB] of expected.entries()) {
            const order = ofA === ofB ? 0 : ofA < ofB ? -1 : 1;
            expect(Math.sign(measures.compareMonetary(a, others, b))).toBe(order);
          }
        }
      }),
    );
  });
});
