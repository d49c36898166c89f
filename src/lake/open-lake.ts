import type { EventsPartition } from './datasets/events.dataset';
import type { MaintainedCatalog } from './iceberg/committer';
import { type ObjectStoreOptions, openObjectStore } from './object-store/open';
import { lakeCommitter } from './tables/lake-committer';

export interface LakeOptions extends ObjectStoreOptions {
  /** an Iceberg REST catalog that commits to the tables; absent: the lake is its own catalog */
  restCatalog?: { uri: string; token?: string; warehouse?: string; namespace: string };
  /** how the table of events is partitioned, if it is made now; default month */
  eventsPartition?: EventsPartition;
  /** number of snapshots of each table that the exporter keeps; default 500 */
  keepSnapshots?: number;
}

/** An open lake, to be closed. */
export interface Lake extends MaintainedCatalog {
  close(): Promise<void>;
}

/**
 * Opens the lake that is configured.
 * @throws LakeUrlError, ObjectStoreError
 */
export async function openLake({ restCatalog, ...options }: LakeOptions): Promise<Lake> {
  const store = await openObjectStore(options);
  const close = () => store.close();
  if (!restCatalog) return { store, committer: lakeCommitter(store), close };
  const { RestCommitter } = await import('./iceberg/rest-committer.js');
  return { store, committer: new RestCommitter(restCatalog), close };
}
