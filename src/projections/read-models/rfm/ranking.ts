/** Members in one chunk. Small enough to shift cheaply, large enough that the list of chunks stays short. */
const CAPACITY = 1024;
/** Below this a chunk joins its neighbour where both together leave room. */
const SPARSE = CAPACITY / 4;

/**
 * Members (whole numbers) in the order of `compare`, with insert, delete, rank and the member at a rank in
 * O(log n) comparisons. Two members never compare equal, and a member must compare in the same way for as
 * long as it is in here.
 *
 * A sorted sequence cut into chunks: a place is found by two binary searches, and a rank by adding up the
 * lengths of the chunks before it.
 */
export class Ranking {
  private readonly chunks: Int32Array[] = [];
  private readonly lengths: number[] = [];
  private total = 0;
  /** Where the last `seek` ended. */
  private chunk = 0;
  private index = 0;

  /** @param sorted members in the order of `compare` */
  constructor(
    private readonly compare: (a: number, b: number) => number,
    sorted: Int32Array = new Int32Array(),
  ) {
    const filled = CAPACITY * 0.75;
    for (let start = 0; start < sorted.length; start += filled) {
      this.addChunk(this.chunks.length, sorted.subarray(start, start + filled));
    }
    this.total = sorted.length;
  }

  get size(): number {
    return this.total;
  }

  /** @returns the rank, from 0, that the member now has */
  insert(member: number): number {
    this.seek(member);
    if (this.chunk === this.chunks.length) this.seekEnd();
    if (this.lengthAt(this.chunk) === CAPACITY) this.split();
    const members = this.chunkAt(this.chunk);
    const length = this.lengthAt(this.chunk);
    if (this.index < length) members.copyWithin(this.index + 1, this.index, length);
    members[this.index] = member;
    this.lengths[this.chunk] = length + 1;
    this.total += 1;
    return this.rankHere();
  }

  /** @returns the rank, from 0, that the member had. @throws RangeError when it is not in here */
  delete(member: number): number {
    const rank = this.rank(member);
    const members = this.chunkAt(this.chunk);
    const length = this.lengthAt(this.chunk);
    members.copyWithin(this.index, this.index + 1, length);
    this.lengths[this.chunk] = length - 1;
    this.total -= 1;
    if (length - 1 < SPARSE) this.join();
    return rank;
  }

  /** @returns the member's rank, from 0. @throws RangeError when it is not in here */
  rank(member: number): number {
    this.seek(member);
    if (this.chunks[this.chunk]?.[this.index] !== member) throw new RangeError(`${member} is not ranked`);
    return this.rankHere();
  }

  /** How many members lead: `leads` holds for the first of the sequence and for none after them. */
  count(leads: (member: number) => boolean): number {
    let low = 0;
    let high = this.total;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (leads(this.at(middle))) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The member at a rank from 0. @throws RangeError outside */
  at(rank: number): number {
    let left = rank;
    for (let chunk = 0; chunk < this.chunks.length; chunk += 1) {
      const length = this.lengthAt(chunk);
      if (left < length && left >= 0) return this.chunkAt(chunk)[left] as number;
      left -= length;
    }
    throw new RangeError(`No rank ${rank} among ${this.total}`);
  }

  /** All members in order. */
  *members(): Generator<number> {
    for (const [index, chunk] of this.chunks.entries()) yield* chunk.subarray(0, this.lengthAt(index));
  }

  /** Goes to the first member that is not before this one, or behind the last chunk. */
  private seek(member: number): void {
    const { chunks, lengths, compare } = this;
    let low = 0;
    let high = chunks.length;
    // Members often arrive in order: the last chunk is looked at first.
    let middle = high - 1;
    while (low < high) {
      const last = (chunks[middle] as Int32Array)[(lengths[middle] as number) - 1] as number;
      if (compare(last, member) < 0) low = middle + 1;
      else high = middle;
      middle = (low + high) >> 1;
    }
    this.chunk = low;
    this.index = 0;
    const members = chunks[low];
    if (!members) return;
    low = 0;
    high = this.lengthAt(this.chunk) - 1;
    while (low < high) {
      middle = (low + high) >> 1;
      if (compare(members[middle] as number, member) < 0) low = middle + 1;
      else high = middle;
    }
    this.index = low;
  }

  /** Goes behind the last member; a full last chunk is left full, since members often arrive in order. */
  private seekEnd(): void {
    const last = this.chunks.length - 1;
    if (last < 0 || this.lengthAt(last) === CAPACITY) this.addChunk(last + 1, new Int32Array());
    this.chunk = this.chunks.length - 1;
    this.index = this.lengthAt(this.chunk);
  }

  private rankHere(): number {
    let rank = this.index;
    for (let chunk = 0; chunk < this.chunk; chunk += 1) rank += this.lengthAt(chunk);
    return rank;
  }

  /** Cuts the chunk here in two and stays at the same place. */
  private split(): void {
    const half = CAPACITY / 2;
    this.addChunk(this.chunk + 1, this.chunkAt(this.chunk).subarray(half));
    this.lengths[this.chunk] = half;
    if (this.index > half) {
      this.chunk += 1;
      this.index -= half;
    }
  }

  /** Joins the chunk here with a neighbour, or drops it when it is empty. */
  private join(): void {
    const length = this.lengthAt(this.chunk);
    if (length === 0) {
      this.removeChunk(this.chunk);
      return;
    }
    const left = this.chunk + 1 < this.chunks.length ? this.chunk : this.chunk - 1;
    if (left < 0 || this.lengthAt(left) + this.lengthAt(left + 1) > CAPACITY / 2) return;
    const right = this.chunkAt(left + 1).subarray(0, this.lengthAt(left + 1));
    this.chunkAt(left).set(right, this.lengthAt(left));
    this.lengths[left] = this.lengthAt(left) + right.length;
    this.removeChunk(left + 1);
  }

  private addChunk(at: number, members: Int32Array): void {
    const chunk = new Int32Array(CAPACITY);
    chunk.set(members);
    this.chunks.splice(at, 0, chunk);
    this.lengths.splice(at, 0, members.length);
  }

  private removeChunk(at: number): void {
    this.chunks.splice(at, 1);
    this.lengths.splice(at, 1);
  }

  private chunkAt(index: number): Int32Array {
    return this.chunks[index] as Int32Array;
  }

  private lengthAt(index: number): number {
    return this.lengths[index] as number;
  }
}
