import type { Position } from '../event-store/position';
import type { LiveFile } from '../lake/iceberg/live-files';

/** A live data file of a dataset. */
export interface LakeFile {
  /** relative to the root of the lake; the same key always means the same bytes */
  key: string;
  rows: number;
  bytes: number;
  /** the snapshot that named it. Decimal, because it passes 2^53 */
  snapshotId: string;
  /** it holds nothing of the log behind this position; empty where that is not known */
  throughPosition: Position;
  /** what all its rows have in common, see `LiveFile`; absent where that is not known */
  partition?: LiveFile['partition'];
  /**
   * Path of the file on this machine, where it stays at least until the next files of `FILES_AT_ONCE_BYTES`
   * were asked for.
   * @throws ObjectStoreError when it cannot be fetched
   */
  localPath(): Promise<string>;
}

/** So many bytes of files are read together at most, unless a single one is larger. */
export const FILES_AT_ONCE_BYTES = 128 * 1024 * 1024;

/** What the loader knows of a lake. */
export interface LakeFiles {
  /** Which lake it is, wherever it lies; null while nothing was exported to it. */
  identity(): Promise<string | null>;

  /** Every dataset is committed up to here; null: nothing is. Files behind it may be there already. */
  through(): Promise<Position | null>;

  /** The live files of a dataset, as of its newest snapshot; none where it has no table yet. */
  files(dataset: string): AsyncIterable<LakeFile>;
}
