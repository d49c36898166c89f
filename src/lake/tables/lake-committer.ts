import type { Committer } from '../iceberg/committer';
import { HadoopCommitter } from '../iceberg/hadoop-committer';
import type { ObjectStore } from '../object-store/object-store';
import { sayingHowToMend } from './how-to-mend';

const COMMIT_ID = 'tidemark.commit-id';

/**
 * Commits to the tables of a lake that has no catalog: the lake itself says what their newest metadata is.
 */
export function lakeCommitter(store: ObjectStore): Committer {
  const committer = new HadoopCommitter(store, COMMIT_ID);
  return {
    load: (name) => sayingHowToMend(() => committer.load(name)),
    create: (name, metadata) => sayingHowToMend(() => committer.create(name, metadata)),
    commit: (base, updates) => sayingHowToMend(() => committer.commit(base, updates)),
  };
}
