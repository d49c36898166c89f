import { firstRank, ntile, SEGMENTS, scoresOf, segmentNamed, segmentOf, tierOf } from './rfm';

/** NTILE as it deals rows: one by one into buckets whose sizes are settled beforehand. */
function naiveNtile(buckets: number, population: number): number[] {
  const dealt: number[] = [];
  for (let bucket = 1; bucket <= buckets; bucket += 1) {
    const size = Math.floor(population / buckets) + (bucket <= population % buckets ? 1 : 0);
    for (let i = 0; i < size; i += 1) dealt.push(bucket);
  }
  return dealt;
}

describe.each([3, 5])('NTILE(%d)', (buckets) => {
  it('gives every rank its bucket and every bucket its first rank, for populations of 0 to 50', () => {
    for (let population = 0; population <= 50; population += 1) {
      const expected = naiveNtile(buckets, population);
      expect(expected.map((_, rank) => ntile(rank, buckets, population))).toEqual(expected);
      for (let bucket = 1; bucket <= buckets; bucket += 1) {
        const first = expected.indexOf(bucket);
        expect(firstRank(bucket, buckets, population)).toBe(first < 0 ? null : first);
      }
    }
  });
});

describe('segments', () => {
  it('name all 25 cells', () => {
    const grid = [1, 2, 3, 4, 5].map((r) => [1, 2, 3, 4, 5].map((f) => segmentOf(r, f)));
    expect(grid).toEqual([
      ['Hibernating', 'Hibernating', 'At Risk', 'At Risk', "Can't Lose"],
      ['Hibernating', 'Hibernating', 'At Risk', 'At Risk', "Can't Lose"],
      ['About To Sleep', 'About To Sleep', 'Need Attention', 'Loyal', 'Loyal'],
      ['Promising', 'Potential Loyalist', 'Potential Loyalist', 'Loyal', 'Loyal'],
      ['New', 'Potential Loyalist', 'Potential Loyalist', 'Champions', 'Champions'],
    ]);
  });

  it('are found again from their cells', () => {
    const cells = SEGMENTS.flatMap((segment) => {
      const scores = scoresOf(segment);
      for (const { recency, frequency } of scores) expect(segmentOf(recency, frequency)).toBe(segment);
      return scores;
    });
    expect(cells).toHaveLength(25);
  });

  it('refuse what is no score', () => {
    expect(() => segmentOf(0, 1)).toThrow(RangeError);
    expect(() => segmentOf(1, 6)).toThrow(RangeError);
    expect(() => tierOf(4)).toThrow(RangeError);
  });
});

describe('segmentNamed', () => {
  it('takes any spelling of a name, and nothing else', () => {
    for (const segment of SEGMENTS) {
      expect(segmentNamed(segment)).toBe(segment);
      expect(segmentNamed(segment.toUpperCase().replace("'", '').replaceAll(' ', '_'))).toBe(segment);
    }
    expect(segmentNamed('Champion')).toBeUndefined();
    expect(segmentNamed('')).toBeUndefined();
  });
});
