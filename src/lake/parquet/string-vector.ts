import duckdb from '@duckdb/node-bindings';
import { copyWords } from './column-store';

/** An entry of a VARCHAR vector has so many words of 32 bits. */
export const WORDS_PER_TEXT = 4;
/** A text of up to so many bytes lies in its entry. */
export const INLINE_BYTES = 12;
const WORD = 2 ** 32;

/**
 * Fills a VARCHAR vector with two native calls, instead of one call for each text. This is the only place
 * that writes native pointers.
 *
 * An entry is DuckDB's `string_t` (`duckdb_string_t` in duckdb.h), 16 bytes: the length in bytes, then either
 * the text itself, zeros behind it, or its first 4 bytes and a pointer to all of it. The pointers come about
 * like this: the whole heap is assigned as the text of row 0. DuckDB copies it to the vector's own string
 * heap and writes its address into entry 0. Every text lies there at the offset that it has in `heap`.
 *
 * It is safe because the texts belong to the vector: its string heap lives as long as the vector has values,
 * and its blocks are never moved. No pointer leads outside, since every offset and length is of a text in
 * `heap`. Entry 0 is overwritten with the text of row 0; the copy of the heap stays. Vectors in DuckDB's
 * builds for Node are little-endian with pointers of 64 bits.
 * @param vector empty, with room for all entries
 * @param entries a `string_t` for each row, with the text's offset in `heap` in the place of the pointer
 * @param rows number of entries that are used
 * @param heap all texts of more than INLINE_BYTES; empty when there are none
 */
export function fillStringVector(
  vector: duckdb.Vector,
  entries: Int32Array,
  rows: number,
  heap: Uint8Array,
): void {
  const words = heap.length > 0 ? withPointers(entries, rows, addressInVector(vector, heap)) : entries;
  copyWords(vector, words, rows * WORDS_PER_TEXT);
}

/** Has a vector keep a copy of some bytes, more than INLINE_BYTES. @returns its address: low and high word */
function addressInVector(vector: duckdb.Vector, bytes: Uint8Array): readonly [low: number, high: number] {
  duckdb.vector_assign_string_element_len(vector, 0, bytes);
  const [, , low = 0, high = 0] = new Uint32Array(duckdb.vector_get_data(vector, 16).slice().buffer);
  return [low, high];
}

/** A copy of entries, with the pointer to each long text in the place of its offset. */
export function withPointers(
  entries: Int32Array,
  rows: number,
  [low, high]: readonly [low: number, high: number],
): Int32Array {
  const words = entries.slice(0, rows * WORDS_PER_TEXT);
  for (let at = 0; at < words.length; at += WORDS_PER_TEXT) {
    if ((words[at] as number) <= INLINE_BYTES) continue;
    const place = low + (words[at + 2] as number);
    words[at + 2] = place;
    words[at + 3] = place < WORD ? high : high + 1;
  }
  return words;
}
