import type { RecordedEvent } from '../event';
import type { EventBatch, ReadAllOptions } from '../event-store';
import type { Position } from '../position';

const DEFAULT_BATCH_EVENTS = 1_000;
/** About how many characters of data a batch has at most; the last event may exceed it. */
const BATCH_CHARACTERS = 8 * 1024 * 1024;

/** Collects a run of the log into a batch. */
export class LogRun {
  private events: RecordedEvent[] = [];
  private last: RecordedEvent | undefined;
  private lookedAt = 0;
  private characters = 0;
  private readonly batchSize: number;

  constructor({ batchSize = DEFAULT_BATCH_EVENTS }: ReadAllOptions) {
    this.batchSize = batchSize;
  }

  /** Adds the next event of the log. It goes into the batch if it is wanted. */
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

  /** Position of the last event that was added, wanted or not. */
  get through(): Position | undefined {
    return this.last?.position;
  }

  /** Takes the batch out. The next run begins behind it. */
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
