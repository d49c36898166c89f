import type { StoreConfigured } from '../domain/events';
import type { RecordedEvent } from '../event-store/event';
import type { Row } from '../lake/columns/table-definition';
import type { Refusal } from '../lake/cuts/cut';
import { badRow, badRows, reasonOf } from '../lake/datasets/bad-rows.dataset';
import type { Dataset } from '../lake/datasets/dataset';
import { DatasetBuffer } from '../lake/parquet/dataset-buffer';

/** The rows of one event in one dataset. */
interface Typed {
  event: RecordedEvent;
  /** index among the events that are being added */
  at: number;
  rows: readonly Row[];
}

interface Refused {
  dataset: Dataset;
  event: RecordedEvent;
  at: number;
  reason: string;
}

/** The rows of a cut, by dataset, in the order of the log. */
export class CutRows {
  private readonly buffers = new Map<Dataset, DatasetBuffer>();
  private readonly byType = new Map<string, readonly Dataset[]>();
  private readonly refusals: Refusal[] = [];

  /**
   * @param datasets those that rows are made for; an event that one of them refuses is a bad row
   * @param known the settings of the store; undefined before its log has them
   */
  constructor(
    private readonly datasets: readonly Dataset[],
    private known: StoreConfigured | undefined,
  ) {}

  /** The settings of the store; undefined before the event that has them. */
  get settings(): StoreConfigured | undefined {
    return this.known;
  }

  /** The events that a dataset has refused, in the order of the log. */
  get refused(): Refusal[] {
    return this.refusals;
  }

  /** Adds the rows of the next events of the log. The result does not depend on how many come in one call. */
  add(events: readonly RecordedEvent[]): void {
    const typed = new Map<Dataset, Typed[]>(this.datasets.map((dataset) => [dataset, []]));
    const refused: Refused[] = [];
    for (const [at, event] of events.entries()) {
      if (event.type === 'StoreConfigured') this.known ??= event.data;
      for (const dataset of this.datasetsOf(event.type)) {
        try {
          typed.get(dataset)?.push({ event, at, rows: dataset.rows(event, this.known) });
        } catch (error) {
          refused.push({ dataset, event, at, reason: reasonOf(error) });
        }
      }
    }
    for (const [dataset, each] of typed) refused.push(...this.addTyped(dataset, each));
    // In the order that they would have if the events had come one by one.
    const place = ({ at, dataset }: Refused) => at * this.datasets.length + this.datasets.indexOf(dataset);
    refused.sort((a, b) => place(a) - place(b));
    for (const { dataset, event, reason } of refused) {
      this.refusals.push({ dataset: dataset.name, position: event.position, reason });
      this.addBad(badRow(dataset.name, event, reason));
    }
  }

  /** Adds a row to `bad_rows`. */
  addBad(row: Row): void {
    this.addTo(badRows, [row]);
  }

  /** The buffers that have rows. */
  *filled(): Iterable<DatasetBuffer> {
    for (const buffer of this.buffers.values()) if (buffer.rows > 0) yield buffer;
  }

  get rows(): number {
    return this.sum((buffer) => buffer.rows);
  }

  /** approximate size in memory */
  get bytes(): number {
    return this.sum((buffer) => buffer.bytes);
  }

  /**
   * Adds the rows of all events at once, which is much quicker. If an event does not fit, each is added by
   * itself.
   * @returns the events that do not fit
   */
  private addTyped(dataset: Dataset, typed: readonly Typed[]): Refused[] {
    try {
      this.addTo(
        dataset,
        typed.flatMap(({ rows }) => rows),
      );
      return [];
    } catch (error) {
      const [first] = typed;
      if (typed.length > 1) return typed.flatMap((each) => this.addTyped(dataset, [each]));
      return first ? [{ dataset, event: first.event, at: first.at, reason: reasonOf(error) }] : [];
    }
  }

  private addTo(dataset: Dataset, rows: readonly Row[]): void {
    if (rows.length > 0) this.bufferOf(dataset).add(rows);
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
