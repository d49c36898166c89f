import type { EventMetadata } from './event';
import type { Position } from './position';

/**
 * An event read from the log. Its metadata is parsed only when somebody asks: most readers never do, and a replay reads
 * millions.
 */
export class StoredEvent {
  readonly #id: string | null;
  #metadata: string | EventMetadata | null;

  constructor(
    id: string | null,
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
    this.#id = id;
    this.#metadata = metadata;
  }

  /** @throws Error when the events were read without their metadata */
  get id(): string {
    if (this.#id === null) throw this.#withoutMetadata();
    return this.#id;
  }

  /** @throws Error when the events were read without their metadata */
  get metadata(): EventMetadata {
    if (this.#metadata === null) throw this.#withoutMetadata();
    if (typeof this.#metadata === 'string') this.#metadata = JSON.parse(this.#metadata) as EventMetadata;
    return this.#metadata;
  }

  /** The whole event; without id and metadata where it was read without. */
  toJSON(): object {
    return this.#metadata === null ? { ...this } : { ...this, id: this.id, metadata: this.metadata };
  }

  #withoutMetadata(): Error {
    return new Error(`${this.type} at ${this.position} was read without metadata`);
  }
}
