import fc from 'fast-check';
import { compareIds } from './ids';

/** Ids that differ where UTF-16 and UTF-8 disagree: around the surrogates. */
const id = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('a', 'b', '\uD7FF', '\uE000', '\uFFFD', '\uFFFF', '\u{10000}', '\u{1F600}', '\u{10FFFF}'),
  ),
  maxLength: 6,
});

describe('compareIds', () => {
  it('orders as the UTF-8 bytes do', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 5000 },
    );
  });

  it('puts characters beyond U+FFFF last, which JavaScript’s own order does not', () => {
    expect('\u{1F600}' < '\uFFFD').toBe(true);
    expect(compareIds('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
  });
});
