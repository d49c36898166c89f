/** Something is wrong with a lake, or it may not be written to. The message says what, and what to do. */
export class LakeError extends Error {
  override readonly name: string = 'LakeError';
}

/** The lake belongs to another event store than the one that is connected. */
export class ForeignLakeError extends LakeError {
  override readonly name = 'ForeignLakeError';
}

/** Spark writes the tables of the lake, and the exporter may not. */
export class HandedOverError extends LakeError {
  override readonly name = 'HandedOverError';

  /** @param root of the lake */
  constructor(root: string) {
    super(
      `Spark writes the lake ${root}: it was handed over. \`tidemark export adopt\` takes it back; ` +
        'docs/spark.md says how.',
    );
  }
}
