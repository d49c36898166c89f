/** Members in one chunk. Small enough to shift cheaply, large enough that the list of chunks stays short. */
const CAPACITY = 1024;
/** How far new chunks are filled. */
const FILL = CAPACITY * 0.75;
/** A run of so many members is copied by the engine, a shorter one by a loop. */
const LONG_RUN = 32;
/** So many edits of a chunk shift its members one after the other; for more it is written anew. */
const FEW_EDITS = 8;

/** Where members stand or would stand in a ranking. They hold until it is edited. */
export interface Places {
  chunks: Int32Array;
  /** in the chunk */
  indexes: Int32Array;
  /** how many members are before */
  ranks: Int32Array;
}

/** Instead of a member in `Ranking.edit`: the one at the place goes. */
export const REMOVED = -1;

/**
 * Members (whole numbers) in an order that their owner knows: a sorted sequence cut into chunks, so that
 * members are inserted and removed without moving all that come after them.
 */
export class SortedChunks {
  protected readonly chunks: Int32Array[] = [];
  protected readonly lengths: number[] = [];
  private total = 0;

  /** @param sorted members in order */
  constructor(sorted: Int32Array = new Int32Array()) {
    for (let start = 0; start < sorted.length; start += FILL) {
      this.addChunk(this.chunks.length, sorted.subarray(start, start + FILL));
    }
    this.total = sorted.length;
  }

  get size(): number {
    return this.total;
  }

  /**
   * Inserts and removes members.
   * @param edits indexes of places, rising
   * @param members for each edit the member that comes before the place, or `REMOVED`
   */
  edit(places: Places, edits: Int32Array, members: Int32Array): void {
    if (edits.length > 0 && this.chunks.length === 0) this.addChunk(0, new Int32Array());
    // From the last chunk, so that those before it stay where their places say.
    for (let end = edits.length; end > 0; ) {
      const chunk = places.chunks[edits[end - 1] as number] as number;
      let start = end;
      while (start > 0 && places.chunks[edits[start - 1] as number] === chunk) start -= 1;
      this.rewrite(chunk, places, edits.subarray(start, end), members.subarray(start, end));
      end = start;
    }
    for (let chunk = this.chunks.length - 1; chunk >= 0; chunk -= 1) this.join(chunk);
  }

  /** The member at a rank from 0. @throws RangeError outside */
  at(rank: number): number {
    let left = rank;
    for (let chunk = 0; chunk < this.chunks.length; chunk += 1) {
      const length = this.lengths[chunk] as number;
      if (left < length && left >= 0) return this.chunks[chunk]?.[left] as number;
      left -= length;
    }
    throw new RangeError(`No rank ${rank} among ${this.total}`);
  }

  /** All members in order. */
  *members(): Generator<number> {
    for (const [index, chunk] of this.chunks.entries()) yield* chunk.subarray(0, this.lengths[index]);
  }

  private rewrite(chunk: number, places: Places, edits: Int32Array, members: Int32Array): void {
    const length = this.lengths[chunk] as number;
    if (edits.length <= FEW_EDITS && length + edits.length <= CAPACITY) {
      // From the last one, so that those before it stay where their places say.
      for (let i = edits.length - 1; i >= 0; i -= 1) {
        this.shift(chunk, places.indexes[edits[i] as number] as number, members[i] as number);
      }
      return;
    }
    const old = (this.chunks[chunk] as Int32Array).slice(0, length);
    let newLength = length;
    for (let i = 0; i < members.length; i += 1) newLength += members[i] === REMOVED ? -1 : 1;
    const written = newLength > CAPACITY ? new Int32Array(newLength) : (this.chunks[chunk] as Int32Array);
    let [read, write] = [0, 0];
    for (let i = 0; i < edits.length; i += 1) {
      const index = places.indexes[edits[i] as number] as number;
      write = copyRun(old, read, index, written, write);
      const member = members[i] as number;
      if (member !== REMOVED) written[write++] = member;
      read = member === REMOVED ? index + 1 : index;
    }
    copyRun(old, read, length, written, write);
    this.total += newLength - length;
    this.lengths[chunk] = newLength;
    if (newLength > CAPACITY) this.cut(chunk, written);
  }

  /** Inserts or removes a single member of a chunk that has room. */
  private shift(chunk: number, index: number, member: number): void {
    const members = this.chunks[chunk] as Int32Array;
    const length = this.lengths[chunk] as number;
    const grows = member === REMOVED ? -1 : 1;
    if (grows < 0) members.copyWithin(index, index + 1, length);
    else {
      members.copyWithin(index + 1, index, length);
      members[index] = member;
    }
    this.lengths[chunk] = length + grows;
    this.total += grows;
  }

  /** Replaces a chunk by as many as its members need. */
  private cut(chunk: number, members: Int32Array): void {
    this.removeChunk(chunk);
    const pieces = Math.ceil(members.length / FILL);
    for (let piece = pieces; piece > 0; piece -= 1) {
      const start = Math.floor(((piece - 1) * members.length) / pieces);
      this.addChunk(chunk, members.subarray(start, Math.floor((piece * members.length) / pieces)));
    }
  }

  /** Joins a chunk with the next where both are small, and drops it when it is empty. */
  private join(chunk: number): void {
    const length = this.lengths[chunk] as number;
    const next = this.lengths[chunk + 1];
    if (length === 0) this.removeChunk(chunk);
    else if (next !== undefined && length + next <= CAPACITY / 2) {
      this.chunks[chunk]?.set((this.chunks[chunk + 1] as Int32Array).subarray(0, next), length);
      this.lengths[chunk] = length + next;
      this.removeChunk(chunk + 1);
    }
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

  protected lastOf(chunk: number): number {
    return (this.lengths[chunk] ?? 0) - 1;
  }
}

/** @returns where the next member is written */
function copyRun(from: Int32Array, start: number, end: number, to: Int32Array, at: number): number {
  if (end - start >= LONG_RUN) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i += 1) to[at + i - start] = from[i] as number;
  return at + end - start;
}
