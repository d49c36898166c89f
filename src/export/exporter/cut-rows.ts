import type { StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import { BadRowError, type Dataset } from '../dataset';
import { badRow, badRows } from '../datasets/bad-rows.dataset';
import { DatasetBuffer } from '../parquet/dataset-buffer';

/** The rows of a cut, by dataset, in the order of the log. */
export class CutRows {
  private readonly buffers = new Map<Dataset, DatasetBuffer>();
  private readonly byType = new Map<string, readonly Dataset[]>();

  /** @param datasets which of them are wanted; an event that one of these refuses is a bad row */
  constructor(
    private readonly datasets: readonly Dataset[],
    private settings: StoreConfigured | undefined,
  ) {}

  add(event: RecordedEvent): void {
    if (event.type === 'StoreConfigured') this.settings ??= event.data;
    for (const dataset of this.datasetsOf(event.type)) {
      try {
        this.bufferOf(dataset).add(dataset.rows(event, this.settings));
      } catch (error) {
        this.bufferOf(badRows).add([badRow(dataset.name, event, reasonOf(error))]);
      }
    }
  }

  /** Adds the rows of an event that the dataset had refused, and says so among the bad rows. */
  redrive(dataset: Dataset, event: RecordedEvent): void {
    this.bufferOf(dataset).add(dataset.rows(event, this.settings));
    this.bufferOf(badRows).add([badRow(dataset.name, event)]);
  }

  /** Those that have rows. */
  *filled(): Iterable<DatasetBuffer> {
    for (const buffer of this.buffers.values()) if (buffer.rows > 0) yield buffer;
  }

  get rows(): number {
    return this.sum((buffer) => buffer.rows);
  }

  /** about what they take in memory */
  get bytes(): number {
    return this.sum((buffer) => buffer.bytes);
  }

  private sum(of: (buffer: DatasetBuffer) => number): number {
    let sum = 0;
    for (const buffer of this.buffers.values()) sum += of(buffer);
    return sum;
  }

  private bufferOf(dataset: Dataset): DatasetBuffer {
    let buffer = this.buffers.get(dataset);
    if (!buffer) {
      buffer = new DatasetBuffer(dataset);
      this.buffers.set(dataset, buffer);
    }
    return buffer;
  }

  private datasetsOf(type: RecordedEvent['type']): readonly Dataset[] {
    let datasets = this.byType.get(type);
    if (!datasets) {
      datasets = this.datasets.filter(({ eventTypes }) => eventTypes?.includes(type) ?? true);
      this.byType.set(type, datasets);
    }
    return datasets;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof BadRowError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
