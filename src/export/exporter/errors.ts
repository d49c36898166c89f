/** The lake does not hold what it should, or is not ours to write. The message says what, and what to do. */
export class LakeError extends Error {
  override readonly name = 'LakeError';
}
