import type { RecordedEvent } from '../event';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';

const DEFAULT_BATCH_EVENTS = 1_000;
/** Characters of data of one batch, about; the last event may pass it. */
const BATCH_CHARACTERS = 8 * 1024 * 1024;

/** The run of the log that becomes the next batch. */
export class LogRun {
  private events: RecordedEvent[] = [];
  private last: RecordedEvent | undefined;
  private lookedAt = 0;
  private characters = 0;
  private readonly batchSize: number;

  constructor({ batchSize = DEFAULT_BATCH_EVENTS }: ReadAllOptions) {
    this.batchSize = batchSize;
  }

  /** Takes the log's next event up; into the batch where it is wanted. */
  add(event: RecordedEvent, wanted: boolean): void {
    this.last = event;
    this.lookedAt++;
    if (!wanted) return;
    this.events.push(event);
    this.characters += JSON.stringify(event.data).length;
  }

  get isEmpty(): boolean {
    return this.last === undefined;
  }

  get isFull(): boolean {
    return this.lookedAt >= this.batchSize || this.characters >= BATCH_CHARACTERS;
  }

  /** Position of the last event that was looked at. */
  get through(): Position | undefined {
    return this.last?.position;
  }

  /** The batch; the next run begins behind it. */
  take(caughtUp: boolean): EventBatch {
    const { position, recordedAt } = this.last as RecordedEvent;
    const events = this.events;
    this.events = [];
    this.last = undefined;
    this.lookedAt = 0;
    this.characters = 0;
    return { events, through: position, throughRecordedAt: recordedAt, caughtUp };
  }
}
