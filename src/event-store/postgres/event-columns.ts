import { EPOCH_2000_MS } from '../../postgres/columns';
import type { EventMetadata, RecordedEvent } from '../event';
import { StoredEvent } from '../stored-event';
import type { Lifted, UpcasterRegistry } from '../upcasters';
import { toPosition } from './position';

/**
 * A run of events as one row of tidemark.read_log or tidemark.read_streams. Each field holds one column of
 * all events; where nothing else is said, the values are separated by line feeds.
 */
export interface EventColumns {
  /** null: positions are consecutive, and the last one is known */
  positions: string | null;
  streams: string;
  revisions: string;
  /** null: not read */
  ids: string | null;
  types: string;
  /** microseconds since 2000 as 64-bit integers, in hexadecimal, without separators; `recorded` likewise */
  occurred: string;
  recorded: string;
  /** one JSON array; values that were stored as one line each are separated by `TEXT_SEPARATOR` */
  data: string;
  /** null: not read */
  metadata: string | null;
  schema_versions: string | null;
}

/** Separates the values of `data`. A stored value with a line feed in it may contain it, too. */
const TEXT_SEPARATOR = ',\n';

/** 2^32 microseconds in milliseconds */
const HIGH_WORD_MS = 4_294_967.296;

/** @returns Unix milliseconds */
function times(hex: string): Float64Array {
  const bytes = Buffer.from(hex, 'hex');
  const times = new Float64Array(bytes.length / 8);
  for (let i = 0; i < times.length; i++) {
    const high = bytes.readInt32BE(i * 8);
    const low = bytes.readUInt32BE(i * 8 + 4);
    times[i] = Math.round(EPOCH_2000_MS + high * HIGH_WORD_MS + low / 1000);
  }
  return times;
}

const typeNames = new Map<string, string>();

/**
 * One string object for each type name. V8 interns the names of properties and compares interned strings by
 * address, which makes every `switch` over types cheaper.
 */
function interned(type: string): string {
  let name = typeNames.get(type);
  if (name === undefined) {
    name = Object.keys({ [type]: true })[0] as string;
    typeNames.set(name, name);
  }
  return name;
}

/** @param last the position of the last event, needed when `columns` has no positions */
export function decodeEvents(columns: EventColumns, upcasters: UpcasterRegistry, last = 0): RecordedEvent[] {
  const positions = columns.positions?.split('\n') ?? null;
  const streams = columns.streams.split('\n');
  const revisions = columns.revisions.split('\n');
  const ids = columns.ids?.split('\n') ?? null;
  const types = columns.types.split('\n');
  const occurred = times(columns.occurred);
  const recorded = times(columns.recorded);
  const data = JSON.parse(columns.data) as unknown[];
  const metadata = columns.metadata?.split('\n') ?? null;
  const texts = metadata === null ? null : textsOf(columns.data, streams.length);
  const schemaVersions = columns.schema_versions?.split('\n') ?? null;
  const first = last - streams.length + 1;
  const events = new Array<StoredEvent>(streams.length);
  for (let i = 0; i < streams.length; i++) {
    const type = interned(types[i] as string);
    const stream = streams[i] as string;
    const occurredAt = occurred[i] as number;
    const revision = Number(revisions[i]);
    const position = toPosition(positions?.[i] ?? String(first + i));
    const lifted =
      schemaVersions === null
        ? undefined
        : upcasters.upcast(data[i], Number(schemaVersions[i]), {
            type,
            stream,
            revision,
            position,
            occurredAt,
          });
    events[i] = new StoredEvent({
      id: ids?.[i] ?? null,
      type,
      stream,
      revision,
      position,
      occurredAt,
      recordedAt: recorded[i] as number,
      data: lifted === undefined ? data[i] : lifted.data,
      dataJson: lifted === undefined ? (texts?.[i] ?? null) : null,
      metadata: metadataOf(metadata?.[i], lifted),
    });
  }
  // The log holds the domain's events only, in the shapes that events.ts declares.
  return events as RecordedEvent[];
}

/** Upcast data has the schema version that it was lifted to. */
function metadataOf(json: string | undefined, lifted: Lifted | undefined): string | EventMetadata | null {
  if (json === undefined) return null;
  return lifted === undefined ? json : { ...JSON.parse(json), schemaVersion: lifted.schemaVersion };
}

/** Splits the text of a JSON array into the texts of its values; null where that is ambiguous. */
function textsOf(array: string, count: number): string[] | null {
  const texts = array.slice(1, -1).split(TEXT_SEPARATOR);
  return texts.length === count ? texts : null;
}
