import type { Dataset } from '../datasets/dataset';
import { EVENTS_PARTITIONS, events, partitionedBy } from '../datasets/events.dataset';
import type { LoadedTable } from '../iceberg/committer';
import { defaultSpec } from '../iceberg/metadata';
import { isPartitionedAs } from '../iceberg/schema';

/**
 * A dataset with the partitions that its table has. The table of events was made with one of several; a
 * table of another dataset has those of the dataset.
 */
export function laidOut(dataset: Dataset, { metadata }: Pick<LoadedTable, 'metadata'>): Dataset {
  if (dataset.name !== events.name) return dataset;
  const spec = defaultSpec(metadata);
  const layouts = EVENTS_PARTITIONS.map((each) => ({ ...dataset, partitionBy: partitionedBy(each) }));
  return layouts.find((layout) => isPartitionedAs(spec, layout)) ?? dataset;
}
