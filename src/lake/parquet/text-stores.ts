import duckdb from '@duckdb/node-bindings';
import type { Value } from '../columns/table-definition';
import { ColumnStore, FIRST_ROWS, Segment } from './column-store';
import { fillStringVector, INLINE_BYTES, WORDS_PER_TEXT } from './string-vector';

/** For texts of more UTF-16 units Buffer.write is quicker than a loop. */
const LOOP_UNITS = 48;
const FIRST_HEAP_BYTES = 64;

/**
 * Texts laid out as in a VARCHAR vector, see `fillStringVector`. A long text lies in `heap`, and its entry
 * has the offset.
 */
export class TextSegment extends Segment {
  private heap: Buffer;
  private used = 0;
  private last: string | undefined;
  private lastAt = 0;

  constructor(rows: number, before?: TextSegment) {
    super(WORDS_PER_TEXT, rows);
    this.heap = Buffer.allocUnsafeSlow(Math.max(FIRST_HEAP_BYTES, before?.used ?? 0));
  }

  override truncate(rows: number): void {
    super.truncate(rows);
    this.last = undefined;
  }

  /** Appends a text. @returns the bytes that it takes on the heap */
  put(text: string): number {
    const { words } = this;
    const at = this.count++ * WORDS_PER_TEXT;
    if (text === this.last) {
      // Word by word: a call of copyWithin takes longer than the rest of this method.
      for (let word = 0; word < WORDS_PER_TEXT; word++)
        words[at + word] = words[this.lastAt + word] as number;
      return 0;
    }
    this.last = text;
    this.lastAt = at;
    return text.length <= INLINE_BYTES && this.putInline(text, at) ? 0 : this.putOnHeap(text, at);
  }

  override copyTo(vector: duckdb.Vector): void {
    fillStringVector(vector, this.words, this.count, this.heap.subarray(0, this.used));
    this.copyNulls(vector);
  }

  /**
   * Puts a text into its entry.
   * @returns false when the text has a character beyond ASCII, so that it may have too many bytes
   */
  private putInline(text: string, at: number): boolean {
    const { words } = this;
    let [first, second, third] = [0, 0, 0];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      // Shifts count modulo 32, so 8 * i is the place within the word.
      if (i < 4) first |= unit << (8 * i);
      else if (i < 8) second |= unit << (8 * i);
      else third |= unit << (8 * i);
    }
    words[at] = text.length;
    words[at + 1] = first;
    words[at + 2] = second;
    words[at + 3] = third;
    return true;
  }

  private putOnHeap(text: string, at: number): number {
    const start = this.used;
    this.reserve(text.length * 3);
    const { heap, words } = this;
    const length = writeText(heap, text, start);
    words[at] = length;
    if (length <= INLINE_BYTES) {
      heap.fill(0, start + length, start + INLINE_BYTES);
      for (let word = 0; word < 3; word++) words[at + 1 + word] = heap.readInt32LE(start + word * 4);
      return 0;
    }
    words[at + 1] = heap.readInt32LE(start);
    words[at + 2] = start;
    words[at + 3] = 0;
    this.used += length;
    return length;
  }

  private reserve(bytes: number): void {
    const needed = this.used + Math.max(bytes, INLINE_BYTES);
    if (needed <= this.heap.length) return;
    const heap = Buffer.allocUnsafeSlow(Math.max(needed, this.heap.length * 2));
    this.heap.copy(heap, 0, 0, this.used);
    this.heap = heap;
  }
}

/** `string`. */
export class TextStore extends ColumnStore<TextSegment> {
  protected newSegment(rows: number, before: TextSegment | undefined): TextSegment {
    return new TextSegment(rows, before);
  }

  protected put(segment: TextSegment, value: Value): void {
    if (typeof value !== 'string') this.refuse(value);
    this.held.bytes += segment.put(value);
  }

  protected copy(segment: TextSegment, vector: duckdb.Vector): void {
    segment.copyTo(vector);
  }
}

/**
 * Lists laid out as in a vector of DuckDB: for each list its start and its length, 64 bits each, in one
 * vector of all elements.
 */
class ListSegment extends Segment {
  readonly elements: TextSegment;

  constructor(rows: number, before?: ListSegment) {
    super(WORDS_PER_TEXT, rows);
    this.elements = new TextSegment(FIRST_ROWS, before?.elements);
  }

  override truncate(rows: number): void {
    super.truncate(rows);
    const at = (rows - 1) * WORDS_PER_TEXT;
    this.elements.truncate(rows === 0 ? 0 : (this.words[at] ?? 0) + (this.words[at + 2] ?? 0));
  }

  override addNull(): void {
    super.addNull();
    this.words[(this.count - 1) * WORDS_PER_TEXT] = this.elements.count;
  }

  override copyTo(vector: duckdb.Vector): void {
    duckdb.list_vector_reserve(vector, this.elements.count);
    duckdb.list_vector_set_size(vector, this.elements.count);
    if (this.elements.count > 0) this.elements.copyTo(duckdb.list_vector_get_child(vector));
    super.copyTo(vector);
  }
}

/** `list` of strings. */
export class ListStore extends ColumnStore<ListSegment> {
  protected newSegment(rows: number, before: ListSegment | undefined): ListSegment {
    return new ListSegment(rows, before);
  }

  protected put(segment: ListSegment, value: Value): void {
    if (!isTexts(value)) this.refuse(value);
    const { elements, words } = segment;
    const start = elements.count;
    for (const text of value) {
      if (elements.count === elements.capacity) elements.grow();
      this.held.bytes += WORDS_PER_TEXT * 4 + elements.put(text);
    }
    const at = segment.count++ * WORDS_PER_TEXT;
    words[at] = start;
    words[at + 1] = 0;
    words[at + 2] = value.length;
    words[at + 3] = 0;
  }

  protected copy(segment: ListSegment, vector: duckdb.Vector): void {
    segment.copyTo(vector);
  }
}

const isTexts = (value: Value): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** Writes a text as UTF-8. @returns the number of bytes */
function writeText(heap: Buffer, text: string, start: number): number {
  if (text.length > LOOP_UNITS) return heap.write(text, start);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return heap.write(text, start);
    heap[start + i] = unit;
  }
  return text.length;
}
