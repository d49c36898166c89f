import { BUCKETS, ntile, type Segment, segmentOf, type Tier, tierOf } from '../../../domain/rfm';
import { CustomerTable } from './customer-table';
import type { CustomerRow, Measures } from './measures';
import { sortedByKey } from './radix-sort';
import { Ranking } from './ranking';
import { type ScoreBoundary, scoreBoundaries } from './score-boundaries';
import { Versions } from './versions';
import { type VersionOrder, WindowRanks } from './window-ranks';

/** A customer's segment and tier at one position of the log. */
export interface Standing {
  segment: Segment;
  tier: Tier;
}

/** What a change did to its customer's standing; null while the customer is not in the population. */
export interface Moved {
  /** which change of the window, from 0 */
  change: number;
  before: Standing | null;
  after: Standing | null;
}

/** Ranks of a window's versions by recency, frequency and net sales. */
interface RanksOfWindow {
  recency: WindowRanks;
  frequency: WindowRanks;
  tier: WindowRanks;
}

/**
 * All customers in the order of each measure. Changes are collected over a window of the log; at its end each
 * is judged at its own moment: a rank and the size of the population make an NTILE.
 *
 * The order by M is not held: it is the order by T (M descending) read backwards, except that equal amounts
 * stand in the order of their ids in both.
 */
export class Population {
  private readonly byRecency: Ranking;
  private readonly byFrequency: Ranking;
  private readonly byTier: Ranking;
  private readonly versions: Versions;
  /** the versions that the window's changes made */
  private changes: number[] = [];

  constructor(private readonly customers: CustomerTable = new CustomerTable()) {
    const { measures } = customers;
    const { frequency, lastOrderAt } = measures;
    const labels = customers.idLabels();
    const members = Array.from({ length: customers.size }, (_, ordinal) => ordinal).filter(
      (ordinal) => (frequency[ordinal] as number) > 0,
    );
    const ranked = (byKey: (a: number, b: number) => number) => {
      const compare = (a: number, b: number) => byKey(a, b) || (labels[a] as number) - (labels[b] as number);
      return new Ranking(Int32Array.from(members).sort(compare));
    };
    this.byRecency = ranked((a, b) => (lastOrderAt[a] as number) - (lastOrderAt[b] as number));
    this.byFrequency = ranked((a, b) => (frequency[a] as number) - (frequency[b] as number));
    this.byTier = ranked((a, b) => measures.compareMonetary(b, measures, a));
    this.versions = new Versions(customers);
  }

  /** Customers with at least one valid order, at the end of the last window. */
  get size(): number {
    return this.byTier.size;
  }

  /** The measures of rows that `change` gave. */
  get changing(): Measures {
    return this.versions.measures;
  }

  /** Begins the next change of the window. @returns the row that has the customer's measures so far */
  change(customerId: string): number {
    const row = this.versions.next(this.customers.ordinalOf(customerId));
    this.changes.push(row);
    return row;
  }

  /** Ends the window. @returns changed customers in the order of ids, and the changes that moved theirs */
  settle(): { changed: CustomerRow[]; moved: Moved[] } {
    const { customers, versions } = this;
    const labels = customers.idLabels();
    const ownLabels = versions.valuesOfCustomers(labels);
    const byId = sortedByKey(versions.all(), ownLabels);
    const ranks = this.ranksOfWindow(versions.rankedOf(byId), ownLabels, labels);
    const moved = this.judge(ranks);
    for (const one of [ranks.recency, ranks.frequency, ranks.tier]) one.settle();
    this.changes = [];
    versions.settle();
    const changed: CustomerRow[] = [];
    for (const version of byId) {
      if (versions.isFirst(version)) changed.push(customers.row(versions.customerOf(version)));
    }
    return { changed, moved };
  }

  /** The first key of every bucket but the lowest, as far as the population reaches. */
  boundaries(): ScoreBoundary[] {
    return scoreBoundaries(this.customers, {
      R: this.byRecency,
      F: this.byFrequency,
      T: this.byTier,
    });
  }

  private ranksOfWindow(ranked: Int32Array, ownLabels: Float64Array, labels: Float64Array): RanksOfWindow {
    const { versions } = this;
    const { size, measures: own } = versions;
    const all = this.customers.measures;
    const orderBy = (keys: Float64Array, ofMember: ArrayLike<number>): VersionOrder => ({
      keys,
      exactly: null,
      compareToMember: (version, member) =>
        (keys[version] as number) - (ofMember[member] as number) ||
        (ownLabels[version] as number) - (labels[member] as number),
    });
    const byMonetary: VersionOrder = {
      // Not just the sign: of zero that would be another number.
      keys: own.monetary.subarray(0, size).map((amount) => 0 - amount),
      exactly: own.anyLarge ? (a, b) => own.compareMonetary(b, own, a) : null,
      compareToMember: (version, member) =>
        all.compareMonetary(member, own, version) ||
        (ownLabels[version] as number) - (labels[member] as number),
    };
    const byRecency = orderBy(own.lastOrderAt.subarray(0, size), all.lastOrderAt);
    const byFrequency = orderBy(Float64Array.from(own.frequency.subarray(0, size)), all.frequency);
    return {
      recency: new WindowRanks(this.byRecency, versions, byRecency, ranked),
      frequency: new WindowRanks(this.byFrequency, versions, byFrequency, ranked),
      tier: new WindowRanks(this.byTier, versions, byMonetary, ranked),
    };
  }

  /** Goes through the window's changes again, now that the order of everything in it is known. */
  private judge({ recency, frequency, tier }: RanksOfWindow): Moved[] {
    const { versions } = this;
    const moved: Moved[] = [];
    let { size } = this;
    const standing = (version: number): Standing => ({
      segment: segmentOf(
        ntile(recency.rank(version), BUCKETS.R, size),
        ntile(frequency.rank(version), BUCKETS.F, size),
      ),
      tier: tierOf(ntile(tier.rank(version), BUCKETS.T, size)),
    });
    const put = (version: number, by: 1 | -1) => {
      recency.add(version, by);
      frequency.add(version, by);
      tier.add(version, by);
      size += by;
    };
    for (let change = 0; change < this.changes.length; change += 1) {
      const version = this.changes[change] as number;
      const last = versions.beforeOf(version);
      const before = versions.isRanked(last) ? standing(last) : null;
      if (before) put(last, -1);
      const isRanked = versions.isRanked(version);
      if (isRanked) put(version, 1);
      const after = isRanked ? standing(version) : null;
      if (before?.segment !== after?.segment || before?.tier !== after?.tier) {
        moved.push({ change, before, after });
      }
    }
    return moved;
  }
}
