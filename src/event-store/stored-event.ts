import type { EventMetadata } from './event';
import type { Position } from './position';

/**
 * An event read from the log. Its metadata is parsed only when somebody asks: most readers never do, and a replay reads
 * millions.
 */
export class StoredEvent {
  #metadata: string | EventMetadata | null;

  constructor(
    readonly id: string,
    readonly type: string,
    readonly stream: string,
    readonly revision: number,
    readonly position: Position,
    readonly occurredAt: number,
    readonly recordedAt: number,
    readonly data: unknown,
    /** as JSON or parsed; null: not read */
    metadata: string | EventMetadata | null,
  ) {
    this.#metadata = metadata;
  }

  /** @throws Error when the events were read without their metadata */
  get metadata(): EventMetadata {
    if (this.#metadata === null)
      throw new Error(`${this.type} at ${this.position} was read without metadata`);
    if (typeof this.#metadata === 'string') this.#metadata = JSON.parse(this.#metadata) as EventMetadata;
    return this.#metadata;
  }

  /** The whole event; without metadata where it was read without. */
  toJSON(): object {
    return this.#metadata === null ? { ...this } : { ...this, metadata: this.metadata };
  }
}
