import { sortedByKey } from './radix-sort';
import type { Ranking } from './ranking';
import { type Places, REMOVED } from './sorted-chunks';
import type { Versions } from './versions';

/** How versions of customers' rows are ordered by one measure, and against the rows that are ranked. */
export interface VersionOrder {
  /** by version, rising; equal ones are in the order of the customers' ids */
  keys: Float64Array;
  /** orders versions whose keys are equal, where keys are not exact */
  exactly: ((a: number, b: number) => number) | null;
  /** the order of a version and a ranked customer, ids included */
  compareToMember: (version: number, member: number) => number;
}

/**
 * The ranks of a window's versions by one measure. What the window does not touch is found in the ranking
 * once, and stands still; how many of the window's own versions are in force before another one is counted in
 * a Fenwick tree over them. So the rank at any moment of the window costs no comparison.
 */
export class WindowRanks {
  /** versions in order */
  private readonly sorted: Int32Array;
  private readonly places: Places;
  /** version -> index in `sorted` */
  private readonly slots: Int32Array;
  /** slot -> ranked members before it that the window does not touch */
  private readonly untouched: Int32Array;
  /** sums of versions in force; the first is not used */
  private readonly tree: Int32Array;

  /** @param byId all versions with which a customer is in the population, in the order of customers' ids */
  constructor(
    private readonly ranking: Ranking,
    private readonly versions: Versions,
    private readonly order: VersionOrder,
    byId: Int32Array,
  ) {
    const { keys, exactly } = order;
    this.sorted = sortedByKey(byId.slice(), keys);
    if (exactly) {
      this.sorted.sort((a, b) => (keys[a] as number) - (keys[b] as number) || exactly(a, b));
    }
    this.places = ranking.places(this.sorted, order.compareToMember, (version) => versions.isFirst(version));
    this.slots = new Int32Array(versions.size);
    this.untouched = new Int32Array(this.sorted.length);
    this.tree = new Int32Array(this.sorted.length + 1);
    let firsts = 0;
    for (let slot = 0; slot < this.sorted.length; slot += 1) {
      const version = this.sorted[slot] as number;
      this.slots[version] = slot;
      this.untouched[slot] = (this.places.ranks[slot] as number) - firsts;
      if (!versions.isFirst(version)) continue;
      firsts += 1;
      this.add(version, 1);
    }
  }

  /** Puts a version in force (1), or takes it out (-1). */
  add(version: number, by: 1 | -1): void {
    const { tree } = this;
    for (let at = (this.slots[version] as number) + 1; at < tree.length; at += at & -at) tree[at]! += by;
  }

  /** The rank, from 0, that a version has among what is in force and what the window does not touch. */
  rank(version: number): number {
    const { tree } = this;
    const slot = this.slots[version] as number;
    let before = this.untouched[slot] as number;
    for (let at = slot; at > 0; at -= at & -at) before += tree[at] as number;
    return before;
  }

  /** Brings the ranking to the end of the window: last versions in the place of first ones. */
  settle(): void {
    const { sorted, versions } = this;
    const edits = new Int32Array(sorted.length);
    const members = new Int32Array(sorted.length);
    let count = 0;
    for (let slot = 0; slot < sorted.length; slot += 1) {
      const version = sorted[slot] as number;
      const first = versions.firstOf(version);
      const last = versions.lastOf(version);
      if (version !== first && version !== last) continue;
      if (this.areSame(first, last)) continue;
      edits[count] = slot;
      members[count++] = version === first ? REMOVED : versions.customerOf(version);
    }
    this.ranking.edit(this.places, edits.subarray(0, count), members.subarray(0, count));
  }

  /** Whether a customer's first and last version have the same place. */
  private areSame(first: number, last: number): boolean {
    const { versions } = this;
    const { keys, exactly } = this.order;
    if (!versions.isRanked(first) || !versions.isRanked(last) || keys[first] !== keys[last]) return false;
    return exactly === null || exactly(first, last) === 0;
  }
}
