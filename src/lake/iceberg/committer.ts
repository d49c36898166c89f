import type { MaintainedObjectStore, ObjectStore } from '../object-store/object-store';
import type { TableMetadata } from './metadata';
import type { TableUpdate } from './updates';

export interface LoadedTable {
  name: string;
  metadata: TableMetadata;
  /** absolute location of the metadata */
  metadataLocation: string;
}

/**
 * - `committed`: this call changed the table
 * - `conflict`: another writer was first. `mayStillLand`: we gave up waiting for a request that may still be
 *   carried out, so what was staged for it must stay
 */
export type CommitOutcome =
  | { outcome: 'committed'; table: LoadedTable }
  | { outcome: 'conflict'; mayStillLand: boolean };

/** Decides what the newest metadata of a table is. */
export interface Committer {
  /**
   * @returns undefined when there is no such table
   * @throws TableError when the metadata of the table cannot be read
   */
  load(name: string): Promise<LoadedTable | undefined>;

  /** Makes a table with this first metadata, unless there is one of that name. */
  create(name: string, metadata: TableMetadata): Promise<'created' | 'exists'>;

  /**
   * Applies all updates, provided that the table is still as it was loaded, or none. After a lost answer the
   * table is read back.
   * @throws UnknownOutcomeError when nobody can tell whether the table was changed; nothing that was staged
   *   for the commit may be deleted
   */
  commit(base: LoadedTable, updates: readonly TableUpdate[]): Promise<CommitOutcome>;
}

/** The tables below one root: the store that has their files, and who commits. */
export interface Catalog {
  store: ObjectStore;
  committer: Committer;
}

/** A catalog whose store can clear away what writers that died have left. */
export interface MaintainedCatalog extends Catalog {
  store: MaintainedObjectStore;
}
