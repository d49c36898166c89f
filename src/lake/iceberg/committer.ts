import type { MaintainedObjectStore, ObjectStore } from '../object-store/object-store';
import type { TableMetadata } from './metadata';
import type { TableUpdate } from './updates';

export interface LoadedTable {
  /** name of its dataset */
  name: string;
  metadata: TableMetadata;
  /** where the metadata lies, absolute */
  metadataLocation: string;
}

/**
 * - `committed`: it is done, by this call
 * - `conflict`: somebody else was first. `mayStillLand`: a request of ours was given up and may yet arrive,
 *   so what was staged for it must stay
 */
export type CommitOutcome =
  | { outcome: 'committed'; table: LoadedTable }
  | { outcome: 'conflict'; mayStillLand: boolean };

/** Who decides what the newest metadata of a table is. */
export interface Committer {
  /** @returns undefined when there is no such table @throws TableError when its metadata cannot be read */
  load(name: string): Promise<LoadedTable | undefined>;

  /** Makes a table of this first metadata, unless there is one. */
  create(name: string, metadata: TableMetadata): Promise<'created' | 'exists'>;

  /**
   * Applies the updates to the table as it was loaded, or not at all. A lost answer is resolved by reading
   * back.
   * @throws UnknownOutcomeError when it cannot be told whether it was done; nothing staged for it may be
   *   deleted
   */
  commit(base: LoadedTable, updates: readonly TableUpdate[]): Promise<CommitOutcome>;
}

/** The tables of a lake: where files lie, and who commits. */
export interface Catalog {
  store: ObjectStore;
  committer: Committer;
}

/** One whose store can clear away what the dead have left over. */
export interface MaintainedCatalog extends Catalog {
  store: MaintainedObjectStore;
}
