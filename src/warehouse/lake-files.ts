import type { Position } from '../event-store/position';
import type { LiveFile } from '../lake/iceberg/live-files';

/** A live data file of a dataset. */
export interface LakeFile {
  /** relative to the root of the lake; the same key always means the same bytes */
  key: string;
  rows: number;
  bytes: number;
  /** the snapshot that added the file; text, because it exceeds 2^53 */
  snapshotId: string;
  /** the file holds no event after this position; empty where that is not known */
  throughPosition: Position;
  /** the partition that all its rows are in, see `LiveFile`; absent where that is not known */
  partition?: LiveFile['partition'];
  /**
   * Path of the file on this machine. It stays there at least until the next `FILES_AT_ONCE_BYTES` were asked
   * for.
   * @throws ObjectStoreError when it cannot be fetched
   */
  localPath(): Promise<string>;
}

/** At most so many bytes of files are read together, unless a single file is larger. */
export const FILES_AT_ONCE_BYTES = 128 * 1024 * 1024;

/** A lake as a load sees it. */
export interface LakeFiles {
  /** Id of the lake, which stays when the lake moves; null while nothing was exported to it. */
  identity(): Promise<string | null>;

  /**
   * Position up to which every dataset is committed; null while none is. Files may hold later events, too.
   */
  through(): Promise<Position | null>;

  /** The live files of a dataset, as of its newest snapshot; none where it has no table yet. */
  files(dataset: string): AsyncIterable<LakeFile>;
}
