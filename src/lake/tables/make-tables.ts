import type { Dataset } from '../datasets/dataset';
import { type EventsPartition, events, partitionedBy } from '../datasets/events.dataset';
import type { Catalog } from '../iceberg/committer';
import { ensureTable } from './ensure-table';
import { laidOut } from './layout';

export interface MakeTablesOptions {
  /** whether the lake has cuts: a table that is made now is then to get them */
  hasCuts: boolean;
  /** how the table of events is partitioned, if it is made now; default month */
  eventsPartition?: EventsPartition;
}

/**
 * Makes the tables that are missing, and brings the schemas of the others up to their datasets.
 * @param storeIdentity of the event store
 * @returns a function that gives a dataset with the partitions of its table
 * @throws TableError when a table belongs to another event store, or cannot become what its dataset says
 */
export async function makeTables(
  catalog: Catalog,
  datasets: readonly Dataset[],
  storeIdentity: string,
  { hasCuts, eventsPartition = 'month' }: MakeTablesOptions,
): Promise<(dataset: Dataset) => Dataset> {
  const layouts = new Map<string, Dataset['partitionBy']>();
  const make = async (dataset: Dataset) => {
    const table = await catalog.committer.load(dataset.name);
    const wanted =
      dataset.name === events.name ? { ...dataset, partitionBy: partitionedBy(eventsPartition) } : dataset;
    const layout = table ? laidOut(dataset, table) : wanted;
    await ensureTable(catalog, layout, storeIdentity, hasCuts);
    layouts.set(dataset.name, layout.partitionBy);
  };
  await Promise.all(datasets.map(make));
  return (dataset) => ({ ...dataset, partitionBy: layouts.get(dataset.name) ?? dataset.partitionBy });
}
