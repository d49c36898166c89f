import type { EventMetadata, RecordedEvent } from './event';
import type { Position } from './position';

/**
 * An event read from the log. Its metadata is parsed only when somebody asks: most readers never do, and a
 * replay reads millions.
 */
export class StoredEvent {
  readonly #id: string | null;
  readonly #dataJson: string | null;
  readonly #metadataJson: string | null;
  #metadata: EventMetadata | null;

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
    /** `data` as JSON, as it was written; null: not at hand */
    dataJson: string | null = null,
  ) {
    this.#id = id;
    this.#dataJson = dataJson;
    this.#metadataJson = typeof metadata === 'string' ? metadata : null;
    this.#metadata = typeof metadata === 'string' ? null : metadata;
  }

  /** @throws Error when the events were read without their metadata */
  get id(): string {
    if (this.#id === null) throw this.#withoutMetadata();
    return this.#id;
  }

  /** @throws Error when the events were read without their metadata */
  get metadata(): EventMetadata {
    if (this.#metadata === null) {
      if (this.#metadataJson === null) throw this.#withoutMetadata();
      this.#metadata = JSON.parse(this.#metadataJson) as EventMetadata;
    }
    return this.#metadata;
  }

  /** `data` as JSON: the text that was appended, where it is at hand. */
  get dataJson(): string {
    return this.#dataJson ?? JSON.stringify(this.data);
  }

  /** `metadata` as JSON, likewise. @throws Error when the events were read without their metadata */
  get metadataJson(): string {
    return this.#metadataJson ?? JSON.stringify(this.metadata);
  }

  /** The whole event; without id and metadata where it was read without. */
  toJSON(): object {
    return this.#metadata === null && this.#metadataJson === null
      ? { ...this }
      : { ...this, id: this.id, metadata: this.metadata };
  }

  #withoutMetadata(): Error {
    return new Error(`${this.type} at ${this.position} was read without metadata`);
  }
}

/** The event's data as JSON. A store that has the text does not have it written anew. */
export const dataJson = (event: RecordedEvent): string =>
  asStored(event)?.dataJson ?? JSON.stringify(event.data);

/** The event's metadata as JSON, likewise. */
export const metadataJson = (event: RecordedEvent): string =>
  asStored(event)?.metadataJson ?? JSON.stringify(event.metadata);

const asStored = (event: unknown): StoredEvent | undefined =>
  event instanceof StoredEvent ? event : undefined;
