import { type Places, SortedChunks } from './sorted-chunks';

/**
 * A sorted sequence in which places are looked up for many members at once, by going through it once.
 */
export class Ranking extends SortedChunks {
  /**
   * Finds, for each of `sought`, the first member that is not before it. What is sought need not be a member.
   * O(log n) comparisons each, and fewer where their places are near each other.
   * @param sought in the order of the ranking; they may be equal
   * @param compare the order of what is sought and a member
   * @param isMember whether the member found is the sought one itself, which those after it leave behind.
   *   True once for a member at most
   */
  places(
    sought: Int32Array,
    compare: (sought: number, member: number) => number,
    isMember: (sought: number) => boolean,
  ): Places {
    const { length } = sought;
    const places = {
      chunks: new Int32Array(length),
      indexes: new Int32Array(length),
      ranks: new Int32Array(length),
    };
    let [chunk, index, before] = [0, 0, 0];
    for (let i = 0; i < length; i += 1) {
      const one = sought[i] as number;
      const next = this.chunkFrom(chunk, one, compare);
      if (next !== chunk) index = 0;
      for (; chunk < next; chunk += 1) before += this.lengths[chunk] as number;
      index = this.indexFrom(chunk, index, one, compare);
      places.chunks[i] = chunk;
      places.indexes[i] = index;
      places.ranks[i] = before + index;
      if (isMember(one)) index += 1;
    }
    return places;
  }

  /** The members before and at a place; undefined where there is none. */
  neighbours({ chunks, indexes }: Places, at: number): [before: number | undefined, at: number | undefined] {
    const chunk = chunks[at] as number;
    const index = indexes[at] as number;
    const before =
      index > 0 ? this.chunks[chunk]?.[index - 1] : this.chunks[chunk - 1]?.[this.lastOf(chunk - 1)];
    return [before, index <= this.lastOf(chunk) ? this.chunks[chunk]?.[index] : this.chunks[chunk + 1]?.[0]];
  }

  /** How many members lead: `leads` holds for the first of the sequence and for none after them. */
  count(leads: (member: number) => boolean): number {
    const compare = (_: number, member: number) => (leads(member) ? 1 : -1);
    return this.places(Int32Array.of(0), compare, () => false).ranks[0] as number;
  }

  /** The first chunk from `from` whose last member is not before what is sought; the last one if none is. */
  private chunkFrom(
    from: number,
    sought: number,
    compare: (sought: number, member: number) => number,
  ): number {
    const isBefore = (chunk: number) =>
      compare(sought, this.chunks[chunk]?.[this.lastOf(chunk)] as number) > 0;
    let high = Math.max(this.chunks.length - 1, 0);
    if (from >= high || !isBefore(from)) return from;
    let low = from + 1;
    for (let step = 1; low + step < high; step *= 2) {
      if (isBefore(low + step)) low += step + 1;
      else high = low + step;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first index from `from` in a chunk whose member is not before what is sought. */
  private indexFrom(
    chunk: number,
    from: number,
    sought: number,
    compare: (sought: number, member: number) => number,
  ): number {
    const members = this.chunks[chunk];
    if (!members) return 0;
    let low = from;
    let high = this.lengths[chunk] as number;
    // The place is often near the one before.
    for (let step = 1; low + step < high; step *= 2) {
      if (compare(sought, members[low + step] as number) > 0) low += step + 1;
      else high = low + step;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(sought, members[middle] as number) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
