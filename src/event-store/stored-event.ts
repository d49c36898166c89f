import type { EventMetadata, RecordedEvent } from './event';
import type { Position } from './position';

/** The parts of an event as an adapter reads them. */
export interface StoredParts {
  /** null: not read */
  id: string | null;
  type: string;
  stream: string;
  revision: number;
  position: Position;
  /** Unix milliseconds */
  occurredAt: number;
  /** Unix milliseconds */
  recordedAt: number;
  data: unknown;
  /** `data` as the text that was appended; null: not at hand */
  dataJson: string | null;
  /** as JSON text or parsed; null: not read */
  metadata: string | EventMetadata | null;
}

/**
 * An event that was read from the log. It parses its metadata only on request: most readers never ask for it,
 * and a replay reads millions of events.
 */
export class StoredEvent {
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly data: unknown;
  private readonly knownId: string | null;
  private readonly dataText: string | null;
  private readonly metadataText: string | null;
  private parsedMetadata: EventMetadata | null;

  constructor(parts: StoredParts) {
    this.type = parts.type;
    this.stream = parts.stream;
    this.revision = parts.revision;
    this.position = parts.position;
    this.occurredAt = parts.occurredAt;
    this.recordedAt = parts.recordedAt;
    this.data = parts.data;
    this.knownId = parts.id;
    this.dataText = parts.dataJson;
    this.metadataText = typeof parts.metadata === 'string' ? parts.metadata : null;
    this.parsedMetadata = typeof parts.metadata === 'string' ? null : parts.metadata;
  }

  /** @throws Error when the events were read without their metadata */
  get id(): string {
    if (this.knownId === null) throw this.withoutMetadata();
    return this.knownId;
  }

  /** @throws Error when the events were read without their metadata */
  get metadata(): EventMetadata {
    this.parsedMetadata ??= JSON.parse(this.metadataJson) as EventMetadata;
    return this.parsedMetadata;
  }

  /** `data` as JSON: the text that was appended, where it is at hand. */
  get dataJson(): string {
    return this.dataText ?? JSON.stringify(this.data);
  }

  /**
   * `metadata` as JSON: the text that was appended, where it is at hand.
   * @throws Error when the events were read without their metadata
   */
  get metadataJson(): string {
    if (this.metadataText !== null) return this.metadataText;
    if (this.parsedMetadata === null) throw this.withoutMetadata();
    return JSON.stringify(this.parsedMetadata);
  }

  /** The whole event; without `id` and `metadata` when it was read without metadata. */
  toJSON(): object {
    const { type, stream, revision, position, occurredAt, recordedAt, data } = this;
    const event = { type, stream, revision, position, occurredAt, recordedAt, data };
    const hasMetadata = this.metadataText !== null || this.parsedMetadata !== null;
    return hasMetadata ? { ...event, id: this.id, metadata: this.metadata } : event;
  }

  private withoutMetadata(): Error {
    return new Error(`${this.type} at ${this.position} was read without metadata`);
  }
}

/** The event's data as JSON. It is serialised again only where the stored text is not at hand. */
export const dataJson = (event: RecordedEvent): string =>
  asStored(event)?.dataJson ?? JSON.stringify(event.data);

/**
 * The event's metadata as JSON. It is serialised again only where the stored text is not at hand.
 * @throws Error when the events were read without their metadata
 */
export const metadataJson = (event: RecordedEvent): string =>
  asStored(event)?.metadataJson ?? JSON.stringify(event.metadata);

const asStored = (event: unknown): StoredEvent | undefined =>
  event instanceof StoredEvent ? event : undefined;
