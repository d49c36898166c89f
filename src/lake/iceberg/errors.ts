/**
 * How a damaged table is put right. Whoever knows where its rows come from says how that is done:
 * - `refill`: its metadata is whole; take all rows out and write them again
 * - `recreate`: its metadata is not; remove the table and make it again
 */
export type Remedy = 'refill' | 'recreate';

/** A table cannot be used as asked. The message names it and says why. Trying again does not help. */
export class TableError extends Error {
  override readonly name = 'TableError';

  constructor(
    readonly table: string,
    /** the message, without the name of the table */
    readonly reason: string,
    /** absent: the table is not damaged */
    readonly remedy?: Remedy,
  ) {
    super(`Table ${table}: ${reason}`);
  }
}

/** A table does not have the snapshot that was named. */
export class UnknownSnapshotError extends TableError {
  constructor(table: string, snapshotId: bigint) {
    super(table, `has no snapshot ${snapshotId}`);
  }
}

/**
 * Files to be replaced are no longer live: another writer replaced them, or rolled the table back. Plan anew.
 */
export class StaleFilesError extends Error {
  override readonly name = 'StaleFilesError';

  constructor(
    table: string,
    /** keys of the files */
    readonly paths: readonly string[],
  ) {
    super(`Table ${table}: ${paths.length} files that were to be replaced are live no more, as ${paths[0]}`);
  }
}

/** Other writers committed to a table first in every attempt. Nothing of ours is in it. */
export class CommitConflictError extends Error {
  override readonly name = 'CommitConflictError';
}

/**
 * A request to a catalog failed and changed nothing. The message says what failed, where and, if known, what
 * to do.
 */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
}
