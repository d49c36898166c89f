const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The partition of a key, by murmur2 as in the default partitioners of Java and kafkajs. It is computed here
 * so that no release of a library can move a stream to another partition.
 * @param partitions how many the topic has, at least 1
 * @returns from 0 to below `partitions`
 */
export function partitionOf(key: string, partitions: number): number {
  return keyHash(key) % partitions;
}

/** The hash of a key, from which its partition follows for any number of partitions. @returns 31 bits */
export function keyHash(key: string): number {
  return murmur2(Buffer.from(key)) & 0x7fffffff;
}

/** @returns signed, 32 bits */
export function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let word = Math.imul(bytes.readInt32LE(i), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (length > whole) {
    for (let i = length - 1; i >= whole; i--) hash ^= (bytes[i] as number) << (8 * (i - whole));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
