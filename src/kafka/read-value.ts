import { EVENT_TYPES } from '../domain/event-roles';
import type { RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { StoredEvent } from '../event-store/stored-event';
import { msOfIsoTime } from './iso-time';
import { type CloudEvent, parsedEnvelope, TICK_EVENT } from './record';

/** What the value of a record says. */
export interface ReadValue {
  /** without its id and metadata; null: the record is a tick */
  event: RecordedEvent | null;
  /** of the event; of a tick, see `Tick` */
  position: Position;
  /** of the event at `position`, Unix milliseconds */
  recordedAt: number;
  source: string;
}

const plain = '[^"\\\\]*';

/** The envelope as `toRecord` writes it, up to the metadata, where no text has anything to escape. */
const ENVELOPE = new RegExp(
  `^\\{"specversion":"1\\.0","id":"${plain}","type":"(${plain})","source":"(${plain})",` +
    `"subject":"(${plain})","time":"(${plain})","datacontenttype":"application/json",` +
    `"position":"(\\d+)","revision":(\\d+),"recordedat":"(${plain})",`,
);

/** It cannot stand within a text of the envelope: there a quote would have a backslash before it. */
const DATA = ',"data":';

/**
 * Decodes the value of a record, but not the id and the metadata of its event, which no read model asks for:
 * together with the rest of the envelope they take as long to parse as the data.
 * @throws NotOursError
 */
export function readValue(value: Buffer | null): ReadValue {
  const text = value === null ? '' : value.toString();
  const envelope = ENVELOPE.exec(text);
  const dataAt = envelope === null ? -1 : text.indexOf(DATA, envelope[0].length - 1);
  if (envelope === null || dataAt < 0) return readAny(value);
  const [, type, source, subject, time, position, revision, recordedat] = envelope as unknown as Texts;
  const parts = parsedParts(`["${subject}","${position}",${text.slice(dataAt + DATA.length, -1)}]`);
  if (parts === null) return readAny(value);
  return read({
    type: TYPE_NAMES.get(type) ?? type,
    source,
    subject: parts[0],
    time,
    position: parts[1],
    revision: Number(revision),
    recordedat,
    data: parts[2],
  });
}

/** One string for each name: V8 compares them by address then. */
const TYPE_NAMES = new Map<string, string>(EVENT_TYPES.map((name) => [name, name]));

type Texts = [string, string, string, string, string, string, string, string];
type Said = Pick<
  CloudEvent,
  'type' | 'source' | 'subject' | 'time' | 'position' | 'revision' | 'recordedat' | 'data'
>;

/** Decodes a tick, and an event of which a text has something to escape. */
function readAny(value: Buffer | null): ReadValue {
  const said = parsedEnvelope(value);
  if (said.type !== TICK_EVENT) return read(said);
  const { position, recordedat, source } = said;
  return { event: null, position, recordedAt: msOfIsoTime(recordedat), source };
}

function read({ type, source, subject, time, position, revision, recordedat, data }: Said): ReadValue {
  const recordedAt = msOfIsoTime(recordedat);
  const event = new StoredEvent({
    id: null,
    type,
    stream: subject,
    revision,
    position,
    occurredAt: msOfIsoTime(time),
    recordedAt,
    data,
    dataJson: null,
    metadata: null,
  });
  return { event: event as unknown as RecordedEvent, position, recordedAt, source };
}

/**
 * Parses what an event keeps, together. A part that was cut out of the text would keep all of it in memory.
 * @returns null for anything else
 */
function parsedParts(json: string): [subject: string, position: string, data: unknown] | null {
  try {
    const parts = JSON.parse(json);
    return parts.length === 3 ? parts : null;
  } catch {
    return null;
  }
}
