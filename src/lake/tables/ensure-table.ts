import type { TableDefinition } from '../columns/table-definition';
import type { Catalog, LoadedTable } from '../iceberg/committer';
import { TableError } from '../iceberg/errors';
import { ensureTable as ensureIcebergTable } from '../iceberg/table';
import { sayingHowToMend } from './how-to-mend';
import { ofStore, resumingAfter, storeOf } from './stamp';

/**
 * Makes the table of a dataset, or brings the schema of an existing one up to the dataset.
 * @param storeIdentity of the event store
 * @param hasCuts whether the lake has cuts: a table that is made now is then to get them
 * @throws TableError when the table belongs to another event store, or cannot become what the dataset says
 */
export function ensureTable(
  catalog: Catalog,
  definition: TableDefinition,
  storeIdentity: string,
  hasCuts = false,
): Promise<LoadedTable> {
  const properties = { ...ofStore(storeIdentity), ...(hasCuts && resumingAfter(0)) };
  const check = ({ name, metadata }: LoadedTable) => {
    const owner = storeOf(metadata);
    if (owner === storeIdentity) return;
    throw new TableError(name, `belongs to event store ${owner}, this one is ${storeIdentity}`);
  };
  return sayingHowToMend(() => ensureIcebergTable(catalog, definition, { properties, check }));
}
