import type { Dataset } from '../../lake/datasets/dataset';
import type { WarehouseTable } from './table';

/** A whole dataset as the lake has it: each row once, however often its file was loaded. */
export function stagingTable({ name, doc, columns, key }: Dataset): WarehouseTable {
  return { name: `stg_${name}`, doc, columns, key };
}

/**
 * The rows of a dataset that one load brings, before they are merged. The table lives as long as the load.
 */
export function loadTable({ name, doc, columns, key }: Dataset): WarehouseTable {
  return { name: `load_${name}`, doc, columns, key };
}
