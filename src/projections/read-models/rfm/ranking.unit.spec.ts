import fc from 'fast-check';
import { Ranking } from './ranking';

const numerically = (a: number, b: number) => a - b;

/** A ranking and a plain sorted array, driven side by side. */
class Pair {
  readonly ranking: Ranking;
  constructor(readonly plain: number[] = []) {
    this.ranking = new Ranking(numerically, Int32Array.from(plain));
  }

  toggle(member: number): void {
    const index = this.lowerBound(member);
    if (this.plain[index] === member) {
      expect(this.ranking.delete(member)).toBe(index);
      this.plain.splice(index, 1);
    } else {
      expect(this.ranking.insert(member)).toBe(index);
      this.plain.splice(index, 0, member);
    }
  }

  check(): void {
    expect(this.ranking.size).toBe(this.plain.length);
    expect(this.plain.map((_, rank) => this.ranking.at(rank))).toEqual(this.plain);
    expect(this.plain.every((member, rank) => this.ranking.rank(member) === rank)).toBe(true);
  }

  lowerBound(member: number): number {
    let index = 0;
    while (index < this.plain.length && (this.plain[index] as number) < member) index += 1;
    return index;
  }
}

describe('Ranking', () => {
  it('does what a sorted array does, over many chunks', () => {
    const member = fc.integer({ min: 0, max: 6000 });
    const run = fc.record({
      initial: fc.constantFrom(0, 1, 768, 1024, 5000),
      toggles: fc.array(member, { maxLength: 1500, size: 'max' }),
    });
    fc.assert(
      fc.property(run, ({ initial, toggles }) => {
        const pair = new Pair(Array.from({ length: initial }, (_, i) => i));
        for (const one of toggles) pair.toggle(one);
        pair.check();
        for (const one of toggles.slice(0, 20)) {
          expect(pair.ranking.count((other) => other < one)).toBe(pair.lowerBound(one));
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['rising', (i: number) => i],
    ['falling', (i: number) => 5000 - i],
    ['alternating', (i: number) => (i % 2 ? 10_000 - i : i)],
  ])('fills with %s members, then empties from the front and from inside', (_, nth) => {
    const pair = new Pair();
    for (let i = 0; i < 5000; i += 1) pair.toggle(nth(i));
    pair.check();
    for (const member of [...pair.plain].filter((one, i) => i < 1500 || one % 7 !== 0)) pair.toggle(member);
    pair.check();
    for (const member of [...pair.plain]) pair.toggle(member);
    expect(pair.ranking.size).toBe(0);
    expect(pair.ranking.count(() => true)).toBe(0);
    pair.toggle(3);
    pair.check();
  });

  it('refuses what is not in it', () => {
    const { ranking } = new Pair([1, 3]);
    for (const member of [0, 2, 4]) {
      expect(() => ranking.rank(member)).toThrow(RangeError);
      expect(() => ranking.delete(member)).toThrow(RangeError);
    }
    expect(() => ranking.at(2)).toThrow(RangeError);
    expect(() => ranking.at(-1)).toThrow(RangeError);
  });
});
