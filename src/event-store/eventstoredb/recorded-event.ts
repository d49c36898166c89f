import type { JSONEventData } from '@eventstore/db-client';
import type { EncodedEvent } from '../encode-append';
import type { EventMetadata, RecordedEvent } from '../event';
import { StoredEvent } from '../stored-event';
import type { UpcasterRegistry } from '../upcasters';
import { type LogPosition, toPosition } from './position';
import type { StreamNames } from './stream-names';

/** An event as the client returns it. */
export interface ServerEvent {
  streamId: string;
  id: string;
  revision: bigint;
  type: string;
  created: Date;
  data: unknown;
  metadata?: unknown;
  position?: LogPosition;
}

/** The custom metadata of our events. It includes the business time, for which the server has no field. */
type StoredMetadata = EventMetadata & { occurredAt: number };

/**
 * Makes an event for the client. It parses the encoded JSON, so that a retry sends the same data even if the
 * caller has changed its objects meanwhile.
 */
export function toEventData({ id, type, data, metadata, occurredAt }: EncodedEvent): JSONEventData {
  return {
    id,
    type,
    contentType: 'application/json',
    data: JSON.parse(data),
    metadata: { ...JSON.parse(metadata), occurredAt } satisfies StoredMetadata,
  };
}

export interface DecodeOptions {
  names: StreamNames;
  upcasters: UpcasterRegistry;
  metadata: boolean;
}

/**
 * Decodes an event of the server.
 * @returns null for an event that is not ours: the server's own, the marker, or one of another program
 * @throws UpcastError
 */
export function decodeEvent(
  event: ServerEvent,
  { names, upcasters, ...options }: DecodeOptions,
): RecordedEvent | null {
  const { type, created } = event;
  const stream = names.inStore(event.streamId);
  if (stream === null || type.startsWith('$') || !isOurs(event.metadata)) return null;
  const { occurredAt, ...metadata } = event.metadata;
  const revision = Number(event.revision);
  const position = toPosition(event.position);
  const { schemaVersion } = metadata;
  const lifted = upcasters.upcast(event.data, schemaVersion, {
    type,
    stream,
    revision,
    position,
    occurredAt,
  });
  // The log holds the domain's events only, in the shapes that events.ts declares.
  return new StoredEvent({
    id: event.id,
    type,
    stream,
    revision,
    position,
    occurredAt,
    recordedAt: created.getTime(),
    data: lifted === undefined ? event.data : lifted.data,
    dataJson: null,
    // Upcast data has the schema version that it was lifted to.
    metadata: options.metadata
      ? { ...metadata, schemaVersion: lifted?.schemaVersion ?? schemaVersion }
      : null,
  }) as RecordedEvent;
}

function isOurs(metadata: unknown): metadata is StoredMetadata {
  const { schemaVersion, occurredAt } = (metadata ?? {}) as Partial<StoredMetadata>;
  return typeof schemaVersion === 'number' && typeof occurredAt === 'number';
}
