import type { EventMetadata, RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { isoTime, msOfIsoTime } from './iso-time';

/** A record to be written. */
export interface KafkaRecord {
  /** the event's stream; null for a tick */
  key: string | null;
  /** one CloudEvents 1.0 JSON object, UTF-8 */
  value: Buffer;
  headers: {
    'content-type': string;
    type: string;
    /** of the event; of a tick, see `Tick` */
    position: Position;
    /** epoch of the lease of the bridge that wrote it, decimal */
    epoch: string;
  };
}

/** A record that kafkajs or another client has read. */
export interface ConsumedRecord {
  key: Buffer | null;
  value: Buffer | null;
  headers?: Record<string, unknown>;
}

/**
 * A tick says that all events of the partition up to `position` stand before it. With position '' it says
 * nothing: then it is a fence, which only raises the producer's epoch.
 */
export interface Tick {
  kind: 'tick';
  position: Position;
  /** of the event at `position`, Unix milliseconds */
  recordedAt: number;
  source: string;
  /** epoch of the lease of the bridge that wrote it */
  epoch: number;
}

export interface ConsumedEvent {
  kind: 'event';
  event: RecordedEvent;
  source: string;
  /** epoch of the lease of the bridge that wrote it */
  epoch: number;
}

/** A record of another program, in a topic of Tidemark. */
export class NotOursError extends Error {
  override readonly name = 'NotOursError';

  constructor(options?: ErrorOptions) {
    super('The record is not of Tidemark', options);
  }
}

export const TICK = 'tick';
export const TICK_EVENT = 'tidemark.tick';
/** Content type of every value: a structured CloudEvent. */
export const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/** Optional metadata and their extension attributes; CloudEvents allows lower-case letters only. */
const OPTIONAL = [
  ['idempotencyKey', 'idempotencykey'],
  ['inputDigest', 'inputdigest'],
  ['actor', 'actor'],
] as const;

/** Text that JSON does not escape: no quote, no backslash, no control character, no lone surrogate. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** The `source` of every CloudEvent of an event store. */
export const sourceOf = (storeIdentity: string): string => `urn:tidemark:${storeIdentity}`;

/**
 * Makes a record of an event. The envelope is concatenated by hand, which is several times faster than
 * JSON.stringify of the whole: every event of the shop passes here.
 */
export function toRecord(event: RecordedEvent, source: string, epoch: number): KafkaRecord {
  const { id, type, stream, position, metadata } = event;
  let optional = '';
  for (const [field, attribute] of OPTIONAL) {
    const value = metadata[field];
    if (value !== undefined) optional += `"${attribute}":${quoted(value)},`;
  }
  const json =
    `{"specversion":"1.0","id":"${id}","type":${quoted(type)},"source":"${source}",` +
    `"subject":${quoted(stream)},"time":"${isoTime(event.occurredAt)}",` +
    '"datacontenttype":"application/json",' +
    `"position":"${position}","revision":${event.revision},"recordedat":"${isoTime(event.recordedAt)}",` +
    `"schemaversion":${metadata.schemaVersion},"correlationid":${quoted(metadata.correlationId)},` +
    `"causationid":${quoted(metadata.causationId)},${optional}"data":${JSON.stringify(event.data)}}`;
  return {
    key: stream,
    value: Buffer.from(json),
    headers: { 'content-type': CONTENT_TYPE, type, position, epoch: String(epoch) },
  };
}

/**
 * Makes a record of a tick.
 * @param recordedAt of the event at `position`, Unix milliseconds
 */
export function toTick(position: Position, recordedAt: number, source: string, epoch: number): KafkaRecord {
  const value = {
    specversion: '1.0',
    id: `${epoch}-${position}`,
    type: TICK_EVENT,
    source,
    time: isoTime(recordedAt),
    position,
    recordedat: isoTime(recordedAt),
  };
  return {
    key: null,
    value: Buffer.from(JSON.stringify(value)),
    headers: { 'content-type': CONTENT_TYPE, type: TICK, position, epoch: String(epoch) },
  };
}

export interface CloudEvent {
  id: string;
  type: string;
  source: string;
  subject: string;
  time: string;
  position: string;
  revision: number;
  recordedat: string;
  schemaversion: number;
  correlationid: string;
  causationid: string;
  idempotencykey?: string;
  inputdigest?: string;
  actor?: string;
  data: unknown;
}

/**
 * Decodes a record.
 * @throws Error when it is not one of Tidemark
 */
export function fromRecord({ value, headers }: ConsumedRecord): ConsumedEvent | Tick {
  if (headers?.position === undefined) throw new NotOursError();
  const cloudEvent = parsedEnvelope(value);
  const { time, recordedat, type, source, position } = cloudEvent;
  const said = { source, epoch: Number(headers.epoch) };
  const recordedAt = msOfIsoTime(recordedat);
  if (type === TICK_EVENT) return { kind: 'tick', position, recordedAt, ...said };
  return { kind: 'event', event: eventOf(cloudEvent, msOfIsoTime(time), recordedAt), ...said };
}

/**
 * Parses the value of a record.
 * @throws NotOursError
 */
export function parsedEnvelope(value: Buffer | null): CloudEvent {
  const cloudEvent = value === null ? {} : parsed(value);
  if (typeof cloudEvent.position !== 'string') throw new NotOursError();
  return cloudEvent as CloudEvent;
}

function eventOf(cloudEvent: CloudEvent, occurredAt: number, recordedAt: number): RecordedEvent {
  const metadata: EventMetadata = {
    schemaVersion: cloudEvent.schemaversion,
    correlationId: cloudEvent.correlationid,
    causationId: cloudEvent.causationid,
  };
  for (const [field, attribute] of OPTIONAL) {
    const given = cloudEvent[attribute];
    if (given !== undefined) metadata[field] = given;
  }
  const { id, type, subject: stream, revision, position, data } = cloudEvent;
  const event = { id, type, stream, revision, position, occurredAt, recordedAt, data, metadata };
  return event as RecordedEvent;
}

function parsed(value: Buffer): Partial<CloudEvent> {
  try {
    return (JSON.parse(value.toString()) ?? {}) as Partial<CloudEvent>;
  } catch (error) {
    throw new NotOursError({ cause: error });
  }
}

/** The position in a record's headers; undefined when it is not one of Tidemark, '' for a fence. */
export function recordPosition(headers: Record<string, unknown> | undefined): Position | undefined {
  return headers?.position === undefined ? undefined : String(headers.position);
}

/** Does what JSON.stringify does, several times faster where the text has nothing to escape. */
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
