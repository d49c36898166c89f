import type { EventMetadata, RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { isoTime } from './iso-time';

/** A record as it goes into a topic. */
export interface KafkaRecord {
  /** the event's stream; null for a tick */
  key: string | null;
  /** one CloudEvents 1.0 JSON object, UTF-8 */
  value: Buffer;
  headers: {
    'content-type': string;
    type: string;
    /** position of the event; of a tick, see `TickRecord` */
    position: Position;
    /** of the bridge that wrote it, decimal */
    epoch: string;
  };
}

/** A record as it comes out of a topic, with kafkajs or another client. */
export interface ConsumedRecord {
  key: Buffer | null;
  value: Buffer | null;
  headers?: Record<string, unknown>;
}

/**
 * Everything of the partition up to `position` stands before this record, and recordedAt (Unix milliseconds)
 * is when the event there was recorded. With position '' it says nothing: it is a mark that fences former
 * bridges off.
 */
export interface Tick {
  kind: 'tick';
  position: Position;
  recordedAt: number;
  source: string;
  epoch: number;
}

export interface ConsumedEvent {
  kind: 'event';
  event: RecordedEvent;
  source: string;
  epoch: number;
}

export const TICK = 'tick';
const TICK_EVENT = 'tidemark.tick';
/** Of every value: structured CloudEvents. */
export const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/** Optional metadata, and the extension attribute of each: lower case letters only, as CloudEvents has it. */
const OPTIONAL = [
  ['idempotencyKey', 'idempotencykey'],
  ['inputDigest', 'inputdigest'],
  ['actor', 'actor'],
] as const;

/** Text in which JSON escapes nothing: no quote, no backslash, no control character, no half of a pair. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** The `source` of every CloudEvent of an event store. */
export const sourceOf = (storeIdentity: string): string => `urn:tidemark:${storeIdentity}`;

/**
 * An event as a record. The envelope is put together by hand around one JSON.stringify of the data: it is
 * written for every event of the shop, and is several times faster so.
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
    `"subject":${quoted(stream)},"time":"${isoTime(event.occurredAt)}","datacontenttype":"application/json",` +
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
 * A tick as a record.
 * @param recordedAt Unix milliseconds, of the event at `position`
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

interface CloudEvent {
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
 * What a record says.
 * @throws Error when it is none of ours
 */
export function fromRecord({ value, headers }: ConsumedRecord): ConsumedEvent | Tick {
  if (value === null || headers?.position === undefined) throw new Error('The record is not of Tidemark');
  const cloudEvent = JSON.parse(value.toString()) as CloudEvent;
  const { source, position } = cloudEvent;
  const epoch = Number(headers.epoch);
  const recordedAt = Date.parse(cloudEvent.recordedat);
  if (cloudEvent.type === TICK_EVENT) return { kind: 'tick', position, recordedAt, source, epoch };
  const metadata: EventMetadata = {
    schemaVersion: cloudEvent.schemaversion,
    correlationId: cloudEvent.correlationid,
    causationId: cloudEvent.causationid,
  };
  for (const [field, attribute] of OPTIONAL) {
    const given = cloudEvent[attribute];
    if (given !== undefined) metadata[field] = given;
  }
  const event = {
    id: cloudEvent.id,
    type: cloudEvent.type,
    stream: cloudEvent.subject,
    revision: cloudEvent.revision,
    position,
    occurredAt: Date.parse(cloudEvent.time),
    recordedAt,
    data: cloudEvent.data,
    metadata,
  };
  return { kind: 'event', event: event as RecordedEvent, source, epoch };
}

/** The position in a record's header; undefined when it is no record of ours. '' says nothing. */
export function positionOf(headers: Record<string, unknown> | undefined): Position | undefined {
  return headers?.position === undefined ? undefined : String(headers.position);
}

/** As JSON.stringify, which takes several times as long to find out that there is nothing to escape. */
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
