import duckdb from '@duckdb/node-bindings';
import type { Row, Value } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';
import { type ColumnStore, type Held, SEGMENT_ROWS } from './column-store';
import { entryBytes, storeFor } from './stores';

/**
 * About what a column of a partition takes before it has many rows. It counts for the size of a cut, because
 * thousands of partitions with a row each take hundreds of megabytes.
 */
const COLUMN_BYTES = 512;

/** A state of a partition's rows that one can go back to. */
export interface Mark {
  rows: number;
  textBytes: number;
}

/** The rows of one partition as columns, in the order of arrival. */
export class PartitionRows {
  private readonly held: Held = { bytes: 0 };
  private readonly rowBytes: number;
  private readonly stores: readonly ColumnStore[];
  private count = 0;

  /** @param partition a value for each field of `partitionBy` */
  constructor(
    dataset: Dataset,
    readonly partition: readonly Value[],
  ) {
    this.stores = dataset.columns.map((column) => storeFor(column, this.held));
    this.rowBytes = dataset.columns.reduce((bytes, column) => bytes + entryBytes(column), 0);
  }

  get rows(): number {
    return this.count;
  }

  /** texts in UTF-8, the fixed parts of all values, and a share for the columns themselves */
  get bytes(): number {
    const own = this.count > 0 ? this.stores.length * COLUMN_BYTES : 0;
    return own + this.held.bytes + this.count * this.rowBytes;
  }

  /**
   * Appends rows. @throws BadRowError when a value does not fit its column; the caller then goes back to a
   * mark
   */
  add(rows: readonly Row[]): void {
    for (const store of this.stores) store.add(rows);
    this.count += rows.length;
  }

  /** The state of now. */
  mark(): Mark {
    return { rows: this.count, textBytes: this.held.bytes };
  }

  /** Forgets what was appended since a mark, also rows of which only some columns were appended. */
  backTo({ rows, textBytes }: Mark): void {
    for (const store of this.stores) store.truncate(rows);
    this.count = rows;
    this.held.bytes = textBytes;
  }

  /** Fills a data chunk with the rows of a segment; with none behind the last segment. */
  fill(segment: number, chunk: duckdb.DataChunk): void {
    const rows = Math.max(0, Math.min(SEGMENT_ROWS, this.count - segment * SEGMENT_ROWS));
    duckdb.data_chunk_set_size(chunk, rows);
    if (rows === 0) return;
    for (const [column, store] of this.stores.entries())
      store.fill(segment, duckdb.data_chunk_get_vector(chunk, column));
  }
}
