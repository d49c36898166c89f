import type { Dataset } from '../../lake/datasets/dataset';
import type { WarehouseTable } from './table';

/** The whole of a dataset, as the lake has it: each row once, however often its file was loaded. */
export function stagingTable({ name, doc, columns, key }: Dataset): WarehouseTable {
  return { name: `stg_${name}`, doc, columns, key };
}

/** What one load brings of a dataset, before it is merged. It lives no longer than the load. */
export function loadTable({ name, doc, columns, key }: Dataset): WarehouseTable {
  return { name: `load_${name}`, doc, columns, key };
}
