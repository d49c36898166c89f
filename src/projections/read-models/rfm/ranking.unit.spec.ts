import fc from 'fast-check';
import { Ranking } from './ranking';
import { REMOVED } from './sorted-chunks';

const numerically = (a: number, b: number) => a - b;

/** A ranking and a plain sorted array, driven side by side. */
class Pair {
  readonly ranking: Ranking;
  constructor(readonly plain: number[] = []) {
    this.ranking = new Ranking(Int32Array.from(plain));
  }

  /** Removes those of the numbers that are members, and inserts the others. */
  toggle(numbers: Iterable<number>): void {
    const sought = Int32Array.from(new Set(numbers)).sort();
    const places = this.ranking.places(sought, numerically, () => false);
    expect(Array.from(places.ranks)).toEqual(Array.from(sought, (one) => this.lowerBound(one)));
    const edits = sought.map((_, index) => index);
    const members = sought.map((one) => (this.has(one) ? REMOVED : one));
    this.ranking.edit(places, edits, members);
    for (const one of sought)
      this.plain.splice(this.lowerBound(one), this.has(one) ? 1 : 0, ...this.absent(one));
  }

  check(): void {
    expect(this.ranking.size).toBe(this.plain.length);
    expect(this.plain.map((_, rank) => this.ranking.at(rank))).toEqual(this.plain);
    expect([...this.ranking.members()]).toEqual(this.plain);
  }

  lowerBound(number: number): number {
    let index = 0;
    while (index < this.plain.length && (this.plain[index] as number) < number) index += 1;
    return index;
  }

  private has(number: number): boolean {
    return this.plain[this.lowerBound(number)] === number;
  }

  private absent(number: number): number[] {
    return this.has(number) ? [] : [number];
  }
}

describe('Ranking', () => {
  it('does what a sorted array does, over many chunks and for any number of edits at once', () => {
    const edits = fc.array(fc.integer({ min: 0, max: 6000 }), { maxLength: 1500, size: 'max' });
    const run = fc.record({
      initial: fc.constantFrom(0, 1, 768, 1024, 5000),
      windows: fc.array(fc.oneof(edits, fc.array(fc.nat(6000), { maxLength: 3 })), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(run, ({ initial, windows }) => {
        const pair = new Pair(Array.from({ length: initial }, (_, i) => i));
        for (const numbers of windows) {
          pair.toggle(numbers);
          pair.check();
        }
        for (const one of windows.flat().slice(0, 20)) {
          expect(pair.ranking.count((other) => other < one)).toBe(pair.lowerBound(one));
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['rising', (i: number) => i],
    ['falling', (i: number) => 3000 - i],
    ['alternating', (i: number) => (i % 2 ? 10_000 - i : i)],
  ])('fills with %s members one by one, then empties from the front and from inside', (_, nth) => {
    const pair = new Pair();
    for (let i = 0; i < 3000; i += 1) pair.toggle([nth(i)]);
    pair.check();
    for (const member of [...pair.plain].filter((one, i) => i < 900 || one % 7 !== 0)) pair.toggle([member]);
    pair.check();
    for (const member of [...pair.plain]) pair.toggle([member]);
    expect(pair.ranking.size).toBe(0);
    expect(pair.ranking.count(() => true)).toBe(0);
    pair.toggle([3]);
    pair.check();
  });

  it('leaves a member that was found itself behind for what is sought after it', () => {
    const { ranking } = new Pair([1, 3, 5]);
    const compare = (sought: number, member: number) => Math.floor(sought / 10) - member;
    const places = ranking.places(Int32Array.of(30, 31, 49, 50), compare, (sought) => sought === 30);
    expect(Array.from(places.ranks)).toEqual([1, 2, 2, 2]);
  });

  it('finds the neighbours of a place across chunks', () => {
    const { ranking } = new Pair(Array.from({ length: 2000 }, (_, i) => 2 * i));
    const sought = Int32Array.from({ length: 2001 }, (_, i) => 2 * i - 1);
    const places = ranking.places(sought, numerically, () => false);
    const expected = Array.from(sought, (one, i) => [
      i > 0 ? one - 1 : undefined,
      i < 2000 ? one + 1 : undefined,
    ]);
    expect(expected.map((_, i) => ranking.neighbours(places, i))).toEqual(expected);
  });

  it('has no member outside its ranks', () => {
    const { ranking } = new Pair([1, 3]);
    expect(() => ranking.at(2)).toThrow(RangeError);
    expect(() => ranking.at(-1)).toThrow(RangeError);
  });
});
