/** A table cannot be used as asked; the message names it and says why. Trying again does not help. */
export class TableError extends Error {
  override readonly name = 'TableError';

  constructor(
    readonly table: string,
    reason: string,
  ) {
    super(`Table ${table}: ${reason}`);
  }
}

/**
 * Files that were to be replaced are no longer live: somebody replaced them, or rolled the table back. Plan
 * anew.
 */
export class StaleFilesError extends Error {
  override readonly name = 'StaleFilesError';

  constructor(
    table: string,
    /** their keys */
    readonly paths: readonly string[],
  ) {
    super(`Table ${table}: ${paths.length} files that were to be replaced are live no more, as ${paths[0]}`);
  }
}

/** Others committed to a table again and again, each time before us. Nothing of ours is in it. */
export class CommitConflictError extends Error {
  override readonly name = 'CommitConflictError';
}

/**
 * A request to a catalog failed, and nothing was changed by it. The message says what, where and, if known,
 * what to do.
 */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
}
