import type { Row, Value } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';
import { partitionValues } from './partition';
import { type Mark, PartitionRows } from './partition-rows';

/**
 * A node of a tree that finds the partition of a row by the values of its partition columns: each level is
 * one column, and `rows` stands at a leaf. Many leaves share a partition, as the days of a month do.
 */
interface Branch {
  next: Map<Value, Branch>;
  rows?: PartitionRows;
}

/** Rows of a dataset before they are written: a set of columns for each partition. */
export class DatasetBuffer {
  private readonly byKey = new Map<string, PartitionRows>();
  private readonly partitionColumns: readonly string[];
  private readonly partitionValues: (row: Row) => Value[];
  private readonly root: Branch = { next: new Map() };
  private rowCount = 0;
  private byteCount = 0;

  constructor(readonly dataset: Dataset) {
    this.partitionColumns = dataset.partitionBy.map(({ column }) => column);
    this.partitionValues = partitionValues(dataset);
  }

  get rows(): number {
    return this.rowCount;
  }

  /**
   * The size of the rows, by which cuts are limited: texts in UTF-8, the fixed parts of all values, and a
   * share for each partition. The process holds up to twice as much.
   */
  get bytes(): number {
    return this.byteCount;
  }

  /** The partitions that have rows, by their first rows. */
  get partitions(): readonly PartitionRows[] {
    return [...this.byKey.values()].filter(({ rows }) => rows > 0);
  }

  /**
   * Appends rows. Their objects are not kept.
   * @throws BadRowError when a value does not fit its column; the buffer is then as it was before the call
   */
  add(rows: readonly Row[]): void {
    const undo: { partition: PartitionRows; mark: Mark }[] = [];
    let added = 0;
    try {
      for (const [partition, itsRows] of this.byPartition(rows)) {
        undo.push({ partition, mark: partition.mark() });
        const { bytes } = partition;
        partition.add(itsRows);
        added += partition.bytes - bytes;
      }
    } catch (error) {
      for (const { partition, mark } of undo) partition.backTo(mark);
      throw error;
    }
    this.rowCount += rows.length;
    this.byteCount += added;
  }

  private byPartition(rows: readonly Row[]): Map<PartitionRows, Row[]> {
    const byPartition = new Map<PartitionRows, Row[]>();
    for (const row of rows) {
      const partition = this.partitionRowsOf(row);
      const before = byPartition.get(partition);
      if (before === undefined) byPartition.set(partition, [row]);
      else before.push(row);
    }
    return byPartition;
  }

  private partitionRowsOf(row: Row): PartitionRows {
    let branch = this.root;
    for (const column of this.partitionColumns) {
      const value = row[column] as Value;
      let next = branch.next.get(value);
      if (next === undefined) {
        next = { next: new Map() };
        branch.next.set(value, next);
      }
      branch = next;
    }
    branch.rows ??= this.rowsOf(this.partitionValues(row));
    return branch.rows;
  }

  private rowsOf(partition: Value[]): PartitionRows {
    const key = JSON.stringify(partition);
    let rows = this.byKey.get(key);
    if (rows === undefined) {
      rows = new PartitionRows(this.dataset, partition);
      this.byKey.set(key, rows);
    }
    return rows;
  }
}
