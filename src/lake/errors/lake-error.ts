/** Something is wrong with a lake, or it may not be written to. The message says what, and what to do. */
export class LakeError extends Error {
  override readonly name: string = 'LakeError';
}

/** The lake belongs to another event store than the one that is connected. */
export class ForeignLakeError extends LakeError {
  override readonly name = 'ForeignLakeError';
}
