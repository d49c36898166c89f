import type { FileMetrics } from '../columns/file-metrics';
import type { Value } from '../columns/table-definition';

/** What a commit has to know of a Parquet file. */
export interface DataFile extends FileMetrics {
  /** key in the object store */
  path: string;
  /** a value for each field of `partitionBy`; a month is whole months since 1970-01 */
  partition: readonly Value[];
}
