import type { Dataset, Row, Value } from '../dataset';
import { partitionOf } from './partition';
import { type Mark, PartitionRows } from './partition-rows';

/** Rows of a dataset on their way into files: column by column, apart for each partition. */
export class DatasetBuffer {
  private readonly byKey = new Map<string, PartitionRows>();
  private readonly partitionColumns: readonly string[];
  private readonly partitionOf: (row: Row) => Value[];
  private last: { row: Row; rows: PartitionRows } | undefined;
  private rowCount = 0;
  private byteCount = 0;

  constructor(readonly dataset: Dataset) {
    this.partitionColumns = dataset.partitionBy.map(({ column }) => column);
    this.partitionOf = partitionOf(dataset);
  }

  get rows(): number {
    return this.rowCount;
  }

  /** What the rows take up, to cut by: texts in UTF-8 and the fixed parts of all values. The process holds up to twice as much. */
  get bytes(): number {
    return this.byteCount;
  }

  /** In the order of their first rows. */
  get partitions(): readonly PartitionRows[] {
    return [...this.byKey.values()].filter(({ rows }) => rows > 0);
  }

  /**
   * Appends rows; their objects are not kept.
   * @throws BadRowError when a value does not fit its column; then the buffer is as it was before the call
   */
  add(rows: readonly Row[]): void {
    const undo: { partition: PartitionRows; mark: Mark }[] = [];
    let added = 0;
    try {
      for (let from = 0; from < rows.length; ) {
        const partition = this.partitionRowsOf(rows[from] as Row);
        let to = from + 1;
        while (to < rows.length && this.partitionRowsOf(rows[to] as Row) === partition) to++;
        undo.push({ partition, mark: partition.mark() });
        const { bytes } = partition;
        partition.add(rows, from, to);
        added += partition.bytes - bytes;
        from = to;
      }
    } catch (error) {
      for (const { partition, mark } of undo.reverse()) partition.backTo(mark);
      throw error;
    }
    this.rowCount += rows.length;
    this.byteCount += added;
  }

  private partitionRowsOf(row: Row): PartitionRows {
    const { last } = this;
    if (last !== undefined && this.isOneWith(last.row, row)) return last.rows;
    const partition = this.partitionOf(row);
    const key = JSON.stringify(partition);
    let rows = this.byKey.get(key);
    if (rows === undefined) {
      rows = new PartitionRows(this.dataset, partition);
      this.byKey.set(key, rows);
    }
    this.last = { row, rows };
    return rows;
  }

  private isOneWith(other: Row, row: Row): boolean {
    for (const column of this.partitionColumns) if (other[column] !== row[column]) return false;
    return true;
  }
}
