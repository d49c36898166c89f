import type { Catalog } from './iceberg/committer';
import { HadoopCommitter } from './iceberg/hadoop-committer';
import type { MaintainedObjectStore } from './object-store/object-store';
import { type ObjectStoreOptions, openObjectStore } from './object-store/open';

export interface LakeOptions extends ObjectStoreOptions {
  /** an Iceberg REST catalog that decides what the newest metadata of a table is; absent: the lake itself does */
  restCatalog?: { uri: string; token?: string; warehouse?: string; namespace: string };
}

/** An open lake. */
export interface Lake extends Catalog {
  store: MaintainedObjectStore;
  close(): Promise<void>;
}

/**
 * Opens the lake that is configured.
 * @throws LakeUrlError, ObjectStoreError
 */
export async function openLake({ restCatalog, ...options }: LakeOptions): Promise<Lake> {
  const store = await openObjectStore(options);
  const close = () => store.close();
  if (!restCatalog) return { store, committer: new HadoopCommitter(store), close };
  const { RestCommitter } = await import('./iceberg/rest-committer.js');
  return { store, committer: new RestCommitter(restCatalog), close };
}
