const DIGIT_BITS = 11;
const VALUES = 1 << DIGIT_BITS;
const MASK = VALUES - 1;
/** The digits of a key from the lowest: which of its two words has it, and how far it is shifted. */
const DIGITS = [0, 1].flatMap((word) => [0, DIGIT_BITS, 2 * DIGIT_BITS].map((shift) => ({ word, shift })));
/** Fewer items are sorted by comparing: counting has a price that does not depend on their number. */
const FEW = 200;

/**
 * Sorts items by their keys; equal ones stay in the order that they had. Linear in the number of items: it
 * deals them by eleven bits of the key after the other, and leaves out those that all keys have in common.
 * @param items indexes of keys
 * @param keys numbers, neither NaN nor -0
 * @returns the items in order, in `items` or another array
 */
export function sortedByKey(items: Int32Array, keys: Float64Array): Int32Array {
  const { length } = items;
  if (length < FEW) return items.sort((a, b) => (keys[a] as number) - (keys[b] as number));
  const words = ascendingWords(items, keys);
  const count = new Int32Array(VALUES);
  // The order is one of indexes of `items` until the end, so that keys lie side by side.
  let from = new Int32Array(length);
  for (let i = 0; i < length; i += 1) from[i] = i;
  let to = new Int32Array(length);
  for (const { word, shift } of DIGITS) {
    const bits = words[word] as Uint32Array;
    count.fill(0);
    for (let i = 0; i < length; i += 1) count[((bits[i] as number) >>> shift) & MASK]! += 1;
    if (count[((bits[0] as number) >>> shift) & MASK] === length) continue;
    startsOf(count);
    for (let i = 0; i < length; i += 1) {
      const item = from[i] as number;
      to[count[((bits[item] as number) >>> shift) & MASK]!++] = item;
    }
    [from, to] = [to, from];
  }
  for (let i = 0; i < length; i += 1) to[i] = items[from[i] as number] as number;
  return to;
}

/** Turns how often each value occurs into where the first of it goes. */
function startsOf(count: Int32Array): void {
  let start = 0;
  for (let value = 0; value < VALUES; value += 1) {
    const occurrences = count[value] as number;
    count[value] = start;
    start += occurrences;
  }
}

/** The low and high words of the items' keys, which as one unsigned number are in the order of the keys. */
function ascendingWords(items: Int32Array, keys: Float64Array): [Uint32Array, Uint32Array] {
  const { length } = items;
  const [low, high] = [new Uint32Array(length), new Uint32Array(length)];
  const number = new Float64Array(1);
  const bits = new Uint32Array(number.buffer);
  for (let i = 0; i < length; i += 1) {
    number[0] = keys[items[i] as number] as number;
    // A number's bits rise with it, but for the sign: a negative one's fall.
    const isNegative = (bits[1] as number) >>> 31 === 1;
    low[i] = isNegative ? ~(bits[0] as number) : (bits[0] as number);
    high[i] = isNegative ? ~(bits[1] as number) : (bits[1] as number) ^ 0x80000000;
  }
  return [low, high];
}
