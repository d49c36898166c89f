import { BUCKETS, firstRank, type Measure } from '../../../domain/rfm';
import type { CustomerTable } from './customer-table';
import type { Ranking } from './ranking';

/** The lowest key that belongs to a bucket: a row of rfm_cuts. */
export interface ScoreBoundary {
  measure: Measure;
  bucket: number;
  key: bigint;
  customerId: string;
}

/**
 * The first key of every bucket but the lowest, as far as the population reaches.
 * @param rankings of all customers in the population, by recency, by frequency and by M descending
 */
export function scoreBoundaries(
  customers: CustomerTable,
  rankings: Record<'R' | 'F' | 'T', Ranking>,
): ScoreBoundary[] {
  const { measures } = customers;
  const { size } = rankings.T;
  const boundariesOf = (
    measure: Measure,
    at: (rank: number) => number,
    keyOf: (ordinal: number) => bigint,
  ): ScoreBoundary[] => {
    const boundaries: ScoreBoundary[] = [];
    for (let bucket = 2; bucket <= BUCKETS[measure]; bucket += 1) {
      const rank = firstRank(bucket, BUCKETS[measure], size);
      if (rank === null) break;
      const ordinal = at(rank);
      boundaries.push({ measure, bucket, key: keyOf(ordinal), customerId: customers.idOf(ordinal) });
    }
    return boundaries;
  };
  return [
    ...boundariesOf(
      'R',
      (rank) => rankings.R.at(rank),
      (one) => BigInt(measures.lastOrderAt[one] as number),
    ),
    ...boundariesOf(
      'F',
      (rank) => rankings.F.at(rank),
      (one) => BigInt(measures.frequency[one] as number),
    ),
    ...boundariesOf(
      'M',
      (rank) => atMonetaryRank(customers, rankings.T, rank),
      (one) => measures.monetaryOf(one),
    ),
    ...boundariesOf(
      'T',
      (rank) => rankings.T.at(rank),
      (one) => -measures.monetaryOf(one),
    ),
  ];
}

/** The customer at a rank of the order by (M, id). */
function atMonetaryRank({ measures }: CustomerTable, byTier: Ranking, rank: number): number {
  const found = byTier.at(byTier.size - 1 - rank);
  const above = byTier.count((one) => measures.compareMonetary(one, measures, found) > 0);
  const notBelow = byTier.count((one) => measures.compareMonetary(one, measures, found) >= 0);
  const below = byTier.size - notBelow;
  return byTier.at(above + rank - below);
}
