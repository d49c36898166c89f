import { AppendTooLargeError, InvalidAppendError } from './errors';
import type { NewEvent } from './event';
import type { ExpectedRevision } from './event-store';

/**
 * The largest append, in bytes; EventStoreDB's default. It counts data and metadata as JSON, two bytes for
 * each character of a type, and ENVELOPE_BYTES for each event.
 */
export const APPEND_LIMIT_BYTES = 1_048_576;
/** Bytes that an adapter may add to an event's metadata. Counted here, so that all stores have one limit. */
export const ENVELOPE_BYTES = 32;

/** UTF-8 bytes of the name of a stream or type: a longer one does not fit into an index entry. */
const NAME_LIMIT_BYTES = 1_024;
/** A code unit of UTF-16 takes at most three bytes, so a shorter name need not be counted. */
const SURELY_SHORT = NAME_LIMIT_BYTES / 3;
/** 0001-01-01 and the last time that a JavaScript Date can be. PostgreSQL holds both. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 8_640_000_000_000_000;
const MAX_SCHEMA_VERSION = 32_767;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;
/**
 * PostgreSQL cannot store U+0000 and lone surrogates as text. JSON.stringify escapes both, so that their
 * escapes give them away.
 */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** An event that was checked and serialised, ready to be sent. */
export interface EncodedEvent {
  id: string;
  type: string;
  data: string;
  metadata: string;
  schemaVersion: number;
  /** Unix milliseconds */
  occurredAt: number;
  /** UTF-8 bytes of `data` */
  dataBytes: number;
  metadataBytes: number;
  /** of both */
  bytes: number;
}

/**
 * Refuses what no store may take, and serialises the events. Every adapter calls it before it sends anything.
 * @throws InvalidAppendError, AppendTooLargeError
 */
export function encodeAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): EncodedEvent[] {
  checkName('stream', stream);
  if (typeof expected === 'number' && !(Number.isInteger(expected) && expected >= 0))
    throw new InvalidAppendError(`Expected revision ${expected} is no revision`);
  if (events.length === 0) throw new InvalidAppendError(`An append to ${stream} has no events`);
  const encoded = events.map((event) => encodeEvent(event));
  const size = encoded.reduce((sum, event) => sum + sizeOf(event), 0);
  if (size > APPEND_LIMIT_BYTES) throw new AppendTooLargeError(stream, size, APPEND_LIMIT_BYTES);
  return encoded;
}

/** How many bytes of APPEND_LIMIT_BYTES an event takes. */
export const sizeOf = ({ bytes, type }: EncodedEvent): number => bytes + 2 * type.length + ENVELOPE_BYTES;

function encodeEvent({ id, type, data, metadata, occurredAt }: NewEvent): EncodedEvent {
  checkName('type', type);
  if (!UUID.test(id)) throw new InvalidAppendError(`Event id ${id} is no lower-case UUID`);
  if (!Number.isInteger(occurredAt) || occurredAt < EARLIEST_MS || occurredAt > LATEST_MS)
    throw new InvalidAppendError(`occurredAt ${occurredAt} of a ${type} is no time in Unix milliseconds`);
  const { schemaVersion } = metadata;
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > MAX_SCHEMA_VERSION)
    throw new InvalidAppendError(`schemaVersion ${schemaVersion} of a ${type} is no version`);
  const dataJson = toJson(type, 'data', data);
  const metadataJson = toJson(type, 'metadata', metadata);
  const dataBytes = Buffer.byteLength(dataJson);
  const metadataBytes = Buffer.byteLength(metadataJson);
  return {
    id,
    type,
    data: dataJson,
    metadata: metadataJson,
    schemaVersion,
    occurredAt,
    dataBytes,
    metadataBytes,
    bytes: dataBytes + metadataBytes,
  };
}

/** Control characters are refused because batches, logs and topics hold names line by line. */
function checkName(what: string, name: string): void {
  if (name === '') throw new InvalidAppendError(`The ${what} is empty`);
  if (CONTROL_OR_LONE_SURROGATE.test(name))
    throw new InvalidAppendError(`The ${what} ${JSON.stringify(name)} has a character that is not allowed`);
  if (name.length > SURELY_SHORT && Buffer.byteLength(name) > NAME_LIMIT_BYTES)
    throw new InvalidAppendError(`The ${what} is longer than ${NAME_LIMIT_BYTES} bytes`);
}

function toJson(type: string, part: string, value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    throw new InvalidAppendError(`The ${part} of a ${type} cannot be JSON: ${(error as Error).message}`);
  }
  if (json === undefined) throw new InvalidAppendError(`The ${part} of a ${type} is no JSON value`);
  if (json.includes('\\u') && UNSTORABLE_ESCAPE.test(json))
    throw new InvalidAppendError(`The ${part} of a ${type} has text with U+0000 or half a surrogate pair`);
  return json;
}
