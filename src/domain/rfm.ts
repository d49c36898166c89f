/**
 * Recency, frequency and monetary scores, and what they are called. Scores are those of SQL's
 * NTILE(5) OVER (ORDER BY x, customer_id), 5 best; the tier is NTILE(3) OVER (ORDER BY m DESC, customer_id).
 */

export const SEGMENTS = [
  'Hibernating',
  'At Risk',
  "Can't Lose",
  'About To Sleep',
  'Need Attention',
  'Loyal',
  'Promising',
  'Potential Loyalist',
  'New',
  'Champions',
] as const;
export type Segment = (typeof SEGMENTS)[number];

export const TIERS = ['VIP', 'GOLD', 'SILVER'] as const;
export type Tier = (typeof TIERS)[number];

/** How many buckets each measure is dealt into. R, F, M: 5. T, the order by M descending: 3. */
export const BUCKETS = { R: 5, F: 5, M: 5, T: 3 } as const;
export type Measure = keyof typeof BUCKETS;
export const MEASURES = ['R', 'F', 'M', 'T'] as const satisfies readonly Measure[];

/** The grid: a row for each recency score from 1, a column for each frequency score from 1. */
const GRID: readonly (readonly Segment[])[] = [
  ['Hibernating', 'Hibernating', 'At Risk', 'At Risk', "Can't Lose"],
  ['Hibernating', 'Hibernating', 'At Risk', 'At Risk', "Can't Lose"],
  ['About To Sleep', 'About To Sleep', 'Need Attention', 'Loyal', 'Loyal'],
  ['Promising', 'Potential Loyalist', 'Potential Loyalist', 'Loyal', 'Loyal'],
  ['New', 'Potential Loyalist', 'Potential Loyalist', 'Champions', 'Champions'],
];

/** The segment of a recency and a frequency score, both 1 .. 5. @throws RangeError outside */
export function segmentOf(recencyScore: number, frequencyScore: number): Segment {
  const segment = GRID[recencyScore - 1]?.[frequencyScore - 1];
  if (!segment) throw new RangeError(`No segment for scores ${recencyScore} and ${frequencyScore}`);
  return segment;
}

const letters = (name: string): string => name.replace(/[^a-z]/gi, '').toLowerCase();

/**
 * The segment of a name in any spelling: `At Risk`, `AT_RISK` and `atRisk` are one. Undefined when there is
 * none.
 */
export function segmentNamed(name: string): Segment | undefined {
  return SEGMENTS.find((segment) => letters(segment) === letters(name));
}

/** The tier of a bucket of measure T, 1 .. 3. @throws RangeError outside */
export function tierOf(bucket: number): Tier {
  const tier = TIERS[bucket - 1];
  if (!tier) throw new RangeError(`No tier for bucket ${bucket}`);
  return tier;
}

/** Every (recency, frequency) pair of scores that a segment is made of. */
export function scoresOf(segment: Segment): { recency: number; frequency: number }[] {
  return GRID.flatMap((row, r) =>
    row.flatMap((name, f) => (name === segment ? [{ recency: r + 1, frequency: f + 1 }] : [])),
  );
}

/**
 * NTILE: the bucket, from 1, of the row at `rank` (from 0) among `population` rows dealt into `buckets`.
 * The first population % buckets of them have one row more.
 */
export function ntile(rank: number, buckets: number, population: number): number {
  const size = Math.floor(population / buckets);
  const larger = population % buckets;
  const inLarger = larger * (size + 1);
  return rank < inLarger
    ? Math.floor(rank / (size + 1)) + 1
    : larger + Math.floor((rank - inLarger) / size) + 1;
}

/** The rank (from 0) of a bucket's first row; null when the population is too small to reach that bucket. */
export function firstRank(bucket: number, buckets: number, population: number): number | null {
  const size = Math.floor(population / buckets);
  const rank = (bucket - 1) * size + Math.min(bucket - 1, population % buckets);
  return rank < population ? rank : null;
}
