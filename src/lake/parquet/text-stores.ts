import duckdb from '@duckdb/node-bindings';
import type { Value } from '../columns/table-definition';
import { ColumnStore, copyWords, FIRST_ROWS, Segment } from './column-store';

const WORDS_PER_TEXT = 4;
/** DuckDB keeps a text of up to so many bytes in its entry, without a pointer. */
const INLINE_BYTES = 12;
/** Above so many units Buffer.write is quicker than a loop. */
const LOOP_UNITS = 48;
const FIRST_HEAP_BYTES = 64;

/**
 * Texts as DuckDB's vectors have them: an entry of 16 bytes each, with the length and either the text or its
 * first 4 bytes and where the rest lies. That place is kept as an offset in `heap`, and becomes a pointer
 * when the vector is filled: so thousands of texts cost one call, where each would need its own.
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

  /** Appends a text. @returns bytes that it takes beside its entry */
  put(text: string): number {
    const { words } = this;
    const at = this.count++ * WORDS_PER_TEXT;
    if (text === this.last) {
      // Assigned one by one: copyWithin and fill cost more than a text's other work.
      for (let word = 0; word < WORDS_PER_TEXT; word++)
        words[at + word] = words[this.lastAt + word] as number;
      return 0;
    }
    this.last = text;
    this.lastAt = at;
    return text.length <= INLINE_BYTES && this.putInline(text, at) ? 0 : this.putOnHeap(text, at);
  }

  override copyTo(vector: duckdb.Vector): void {
    const words = this.used > 0 ? this.relocated(vector) : this.words;
    copyWords(vector, words, this.count * WORDS_PER_TEXT);
    this.copyNulls(vector);
  }

  /** @returns false when the text has a character beyond ASCII: its bytes have to be counted first */
  private putInline(text: string, at: number): boolean {
    const { words } = this;
    let [first, second, third] = [0, 0, 0];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      // A shift counts modulo 32 bits, so 8 * i is the place within the word.
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

  /**
   * The entries with pointers instead of offsets. The whole heap is handed over as the text of the first row,
   * which makes the vector keep a copy of it; the pointer that DuckDB wrote into that entry is where it lies.
   */
  private relocated(vector: duckdb.Vector): Int32Array {
    duckdb.vector_assign_string_element_len(vector, 0, this.heap.subarray(0, this.used));
    const [, , low = 0, high = 0] = new Uint32Array(duckdb.vector_get_data(vector, 16).slice().buffer);
    const words = this.words.slice(0, this.count * WORDS_PER_TEXT);
    for (let at = 0; at < words.length; at += WORDS_PER_TEXT) {
      if ((words[at] as number) <= INLINE_BYTES) continue;
      const place = low + (words[at + 2] as number);
      words[at + 2] = place;
      words[at + 3] = place < 2 ** 32 ? high : high + 1;
    }
    return words;
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
 * Lists as DuckDB's vectors have them: start and length of each, 64 bits both, in one vector of all their
 * elements.
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

/** Writes a text as UTF-8. @returns its bytes */
function writeText(heap: Buffer, text: string, start: number): number {
  if (text.length > LOOP_UNITS) return heap.write(text, start);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return heap.write(text, start);
    heap[start + i] = unit;
  }
  return text.length;
}
