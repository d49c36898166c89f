import {
  BUCKETS,
  firstRank,
  type Measure,
  ntile,
  type Segment,
  segmentOf,
  type Tier,
  tierOf,
} from '../../../domain/rfm';
import { type CustomerRow, CustomerTable } from './customer-table';
import { Ranking } from './ranking';

/** A customer's segment and tier at one position of the log. */
export interface Standing {
  segment: Segment;
  tier: Tier;
}

/** The lowest key that belongs to a bucket: a row of rfm_cuts. */
export interface ScoreBoundary {
  measure: Measure;
  bucket: number;
  key: bigint;
  customerId: string;
}

/**
 * All customers in the order of each measure, so that the scores of any of them are known after every event
 * without looking at the others: a rank and the size of the population make an NTILE.
 *
 * The order by M is not held: it is the order by T (M descending) read backwards, except that equal amounts
 * stand in the order of their ids in both.
 */
export class Population {
  private readonly byRecency: Ranking;
  private readonly byFrequency: Ranking;
  private readonly byTier: Ranking;

  constructor(private readonly customers: CustomerTable = new CustomerTable()) {
    const members = Array.from({ length: customers.size }, (_, ordinal) => ordinal).filter(
      (ordinal) => customers.frequencyOf(ordinal) > 0,
    );
    const ranked = (byKey: (a: number, b: number) => number) => {
      const compare = (a: number, b: number) => byKey(a, b) || customers.compareIdsOf(a, b);
      return new Ranking(compare, Int32Array.from(members).sort(compare));
    };
    this.byRecency = ranked((a, b) => customers.lastOrderAtOf(a) - customers.lastOrderAtOf(b));
    this.byFrequency = ranked((a, b) => customers.frequencyOf(a) - customers.frequencyOf(b));
    this.byTier = ranked((a, b) => customers.compareMonetaryOf(b, a));
  }

  /** Customers with at least one valid order. */
  get size(): number {
    return this.byTier.size;
  }

  ordinalOf(customerId: string): number {
    return this.customers.ordinalOf(customerId);
  }

  customer(ordinal: number): CustomerRow {
    return this.customers.row(ordinal);
  }

  /** Customers in the order of their ids. */
  customersById(ordinals: Iterable<number>): CustomerRow[] {
    const sorted = Int32Array.from(ordinals).sort((a, b) => this.customers.compareIdsOf(a, b));
    return Array.from(sorted, (ordinal) => this.customers.row(ordinal));
  }

  /**
   * Replaces a customer's measures.
   * @returns segment and tier before and after; null while the customer is not in the population
   */
  replace(ordinal: number, row: CustomerRow): { before: Standing | null; after: Standing | null } {
    const before = this.customers.frequencyOf(ordinal) > 0 ? this.leave(ordinal) : null;
    this.customers.put(row);
    const after = row.frequency > 0 ? this.enter(ordinal) : null;
    return { before, after };
  }

  /** The first key of every bucket but the lowest, as far as the population reaches. */
  boundaries(): ScoreBoundary[] {
    const { customers } = this;
    return [
      ...this.boundariesOf('R', this.byRecency, (one) => BigInt(customers.lastOrderAtOf(one))),
      ...this.boundariesOf('F', this.byFrequency, (one) => BigInt(customers.frequencyOf(one))),
      ...this.boundariesOf('M', { at: (rank) => this.atMonetaryRank(rank) }, (one) =>
        customers.monetaryOf(one),
      ),
      ...this.boundariesOf('T', this.byTier, (one) => -customers.monetaryOf(one)),
    ];
  }

  private leave(ordinal: number): Standing {
    const { size } = this;
    return standing(
      this.byRecency.delete(ordinal),
      this.byFrequency.delete(ordinal),
      this.byTier.delete(ordinal),
      size,
    );
  }

  private enter(ordinal: number): Standing {
    const recency = this.byRecency.insert(ordinal);
    const frequency = this.byFrequency.insert(ordinal);
    return standing(recency, frequency, this.byTier.insert(ordinal), this.size);
  }

  private boundariesOf(
    measure: Measure,
    order: Pick<Ranking, 'at'>,
    keyOf: (ordinal: number) => bigint,
  ): ScoreBoundary[] {
    const boundaries: ScoreBoundary[] = [];
    for (let bucket = 2; bucket <= BUCKETS[measure]; bucket += 1) {
      const rank = firstRank(bucket, BUCKETS[measure], this.size);
      if (rank === null) break;
      const ordinal = order.at(rank);
      boundaries.push({ measure, bucket, key: keyOf(ordinal), customerId: this.customers.idOf(ordinal) });
    }
    return boundaries;
  }

  /** The customer at a rank of the order by (M, id). */
  private atMonetaryRank(rank: number): number {
    const amount = this.customers.monetaryOf(this.byTier.at(this.size - 1 - rank));
    const above = this.byTier.count((one) => this.customers.monetaryOf(one) > amount);
    const notBelow = this.byTier.count((one) => this.customers.monetaryOf(one) >= amount);
    const below = this.size - notBelow;
    return this.byTier.at(above + rank - below);
  }
}

function standing(recency: number, frequency: number, tier: number, size: number): Standing {
  return {
    segment: segmentOf(ntile(recency, BUCKETS.R, size), ntile(frequency, BUCKETS.F, size)),
    tier: tierOf(ntile(tier, BUCKETS.T, size)),
  };
}
