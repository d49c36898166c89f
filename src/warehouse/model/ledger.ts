import { int, long, nullable, text, timestamp } from './columns';
import type { WarehouseTable } from './table';

/** Written in the transaction that loads the files: a file is in the tables exactly when it is here. */
export const loadLedger: WarehouseTable = {
  name: 'load_ledger',
  doc: 'The live files of the lake that are in the warehouse, a row each.',
  columns: [
    text('lake_id', 'the lake; it is the same in every row'),
    text('dataset', 'the dataset'),
    text('file_key', 'the file, relative to the root of the lake'),
    long('row_count', 'its rows'),
    long('bytes', 'its size'),
    text('snapshot_id', 'the snapshot of the table that named it'),
    text('through_position', 'the file holds nothing of the log behind this position; compares as text'),
    timestamp('loaded_at', 'when it was loaded'),
  ],
  key: ['dataset', 'file_key'],
};

/** Up to where the warehouse has the log. */
export const loadProgress: WarehouseTable = {
  name: 'load_progress',
  doc: 'How far the warehouse is: at most one row.',
  columns: [
    text('through_position', 'every event up to here is in the tables; compares as text'),
    timestamp('loaded_at', 'when the last load was'),
    int('files', 'files of that load'),
  ],
  key: ['through_position'],
};

/** The version of the model that the tables are of. It is not one of `tables`, because it tells of those. */
export const warehouseModel: WarehouseTable = {
  name: 'warehouse_model',
  doc: 'Which version of the model the tables are of: one row.',
  columns: [
    text('digest', 'changes with every version that has other tables'),
    nullable(text('stage', 'of Snowflake only: the stage that was made')),
    nullable(text('last_load', 'of Snowflake only: the name of the last load')),
  ],
  key: ['digest'],
};
