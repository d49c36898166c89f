/** An entry of a VARCHAR vector has so many words of 32 bits. */
export const WORDS_PER_TEXT = 4;
/** A text of up to so many bytes lies in its entry. */
export const INLINE_BYTES = 12;
const WORD = 2 ** 32;

/**
 * Writes the entries of a VARCHAR vector for texts that lie in one heap. This is the only place that makes
 * native pointers.
 *
 * An entry is DuckDB's `string_t` (`duckdb_string_t` in duckdb.h), 16 bytes: the length in bytes, then either
 * the text itself, zeros behind it, or its first 4 bytes and a pointer to all of it. Vectors in DuckDB's
 * builds for Node are little-endian with pointers of 64 bits.
 *
 * No pointer leads outside, since every offset and length is of a text in `heap`, of which DuckDB has a copy
 * at `address`. It is made before and lives until the vector has been used up.
 * @param entries gets an entry for each row
 * @param places where each text lies in `heap`
 * @param address of DuckDB's copy of `heap`: low and high word
 */
export function textEntries(
  entries: Int32Array,
  rows: number,
  heap: Buffer,
  { starts, lengths }: { starts: Int32Array; lengths: Int32Array },
  [low, high]: readonly [low: number, high: number],
): void {
  const view = new DataView(heap.buffer, heap.byteOffset, heap.length);
  for (let row = 0; row < rows; row++) {
    const at = row * WORDS_PER_TEXT;
    const start = starts[row] as number;
    const length = lengths[row] as number;
    entries[at] = length;
    if (length > INLINE_BYTES) {
      const place = low + start;
      entries[at + 1] = view.getInt32(start, true);
      entries[at + 2] = place;
      entries[at + 3] = place < WORD ? high : high + 1;
      continue;
    }
    entries[at + 1] = 0;
    entries[at + 2] = 0;
    entries[at + 3] = 0;
    for (let byte = 0; byte < length; byte++) {
      const word = at + 1 + (byte >> 2);
      // Shifts count modulo 32, so 8 * byte is the place within the word.
      entries[word] = (entries[word] as number) | ((heap[start + byte] as number) << (8 * byte));
    }
  }
}
